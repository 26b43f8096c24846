"""What Préau meets outside: PostgreSQL, a mail server, an SMS gateway, and the whole site of five daemons over them."""
