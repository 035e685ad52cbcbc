"""Front ends: what people see. May import `service`, and the products of `provider`.

A front end decides nothing about data: it asks the service, and shows what it answers.
"""
