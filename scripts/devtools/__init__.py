"""What scripts/dev, the story, the benchmarks and the flow tests share: the whole stack as processes."""
