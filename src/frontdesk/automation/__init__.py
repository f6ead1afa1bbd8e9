"""What a tenant has automated: when this happens, and that is so, then these things are done."""
