"""What people do: type, click, fill in forms, use shortcuts; as their own client lets them."""
