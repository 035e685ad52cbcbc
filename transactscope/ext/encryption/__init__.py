"""Field encryption: keyrings that seal values before they are sent, and open what was read.

For `Database(client, keyring=...)`. `KmsKeyring` takes its keys of AWS KMS, `LocalKeyring` has them
in the program. Needs `cryptography`, which the extra `encryption` installs.
"""

from __future__ import annotations

import importlib.util

if importlib.util.find_spec("cryptography") is None:
    _HINT = "transactscope.ext.encryption needs cryptography: install transactscope[encryption]"
    raise ImportError(_HINT)

from transactscope.ext.encryption.kms import KmsKeyring
from transactscope.ext.encryption.local import LocalKeyring
from transactscope.fields import Encrypted

__all__ = ["Encrypted", "KmsKeyring", "LocalKeyring"]

# They say where they are imported from, as the library's own names do; the marker is of `fields`.
for _each in (KmsKeyring, LocalKeyring):
    _each.__module__ = __name__
