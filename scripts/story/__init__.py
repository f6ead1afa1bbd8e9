"""The demo story: one patient's appointment, told and checked step by step; and the smoke test of a deployment."""
