"""What is asked for and what is said, as pydantic models; the OpenAPI document is made of them."""
