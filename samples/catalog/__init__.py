"""A catalog of albums, books and movies: the library in a layered application.

`provider` stores products, `service` is the use of one session, `frontend` is what
people see, and `app` puts them together with one of `samples.engines`.
"""
