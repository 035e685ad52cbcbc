"""A picture of the commits: client CPU by the number of actions, one line per peer."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any, Final

from benchmarks.results import Results, contenders_of, ratio, sizes_of

_WIDTH, _HEIGHT = 11.0, 5.0  # inches
_OURS: Final = ("black", "dimgray")
_RATIOS: Final = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2)


def problem() -> str | None:
    """Return why nothing can be drawn, or None."""
    found = importlib.util.find_spec("matplotlib")
    return "matplotlib is not installed" if found is None else None


def draw(results: Results, file: Path) -> None:
    """Draw the ratios to boto3, in one panel per workload, as PNG or SVG."""
    import matplotlib as mpl  # noqa: PLC0415 - only pictures need it

    mpl.use("agg")
    from matplotlib import pyplot as plt  # noqa: PLC0415 - after the line above

    cases = [case for measurement, case in results.cases() if measurement == "commits"]
    figure, panels = plt.subplots(
        1, max(1, len(cases)), figsize=(_WIDTH, _HEIGHT), sharey=True, squeeze=False
    )
    for panel, case in zip(panels[0], cases, strict=False):
        _draw_case(panel, results, case)
    handles, labels = panels[0][0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside right", fontsize=8)
    file.parent.mkdir(parents=True, exist_ok=True)
    figure.subplots_adjust(left=0.07, right=0.74, wspace=0.06, bottom=0.12)
    # No date and no version in the file: the same figures make the same picture.
    named = {"Date": None} if file.suffix == ".svg" else {"Software": None}
    figure.savefig(file, dpi=110, metadata=named)
    plt.close(figure)


def _draw_case(panel: Any, results: Results, case: str) -> None:
    samples = results.of("commits", case)
    sizes = sizes_of(samples)
    names = contenders_of(samples)
    by_place = {(sample.contender, sample.size): sample for sample in samples}
    ours = [name for name in names if name.startswith("transactscope")]
    colors = dict(zip(reversed(ours), _OURS, strict=False))
    for name in names:
        ratios = [ratio(by_place[name, size], by_place[names[0], size]).median for size in sizes]
        panel.plot(
            sizes,
            ratios,
            label=name,
            color=colors.get(name),
            marker="o" if name in ours else ".",
            linewidth=2.5 if name in ours else 1.2,
            linestyle="-" if name in ours else "--",
        )
    panel.set_xscale("log")
    panel.set_yscale("log")
    panel.set_yticks(_RATIOS, [f"{each:g}" for each in _RATIOS])
    panel.set_xticks(sizes, [str(size) for size in sizes])
    panel.minorticks_off()
    panel.grid(visible=True, which="major", alpha=0.3)
    panel.set_title(f"client CPU of a commit, {case}", fontsize=10)
    panel.set_xlabel("actions in the commit")
    if panel.get_subplotspec().is_first_col():
        panel.set_ylabel("CPU, boto3 with dicts built beforehand = 1")
