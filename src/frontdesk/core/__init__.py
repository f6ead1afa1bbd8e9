"""What every room stands on: storage, context, events, jobs, errors. Knows no feature and no Cloudflare."""
