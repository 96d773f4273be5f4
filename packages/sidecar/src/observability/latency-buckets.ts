/** daprd's bounds for what takes time, in milliseconds. */
export const LATENCY_BUCKETS = [
  1, 2, 3, 4, 5, 6, 8, 10, 13, 16, 20, 25, 30, 40, 50, 65, 80, 100, 130, 160, 200, 250, 300, 400, 500, 650, 800, 1_000,
  2_000, 5_000, 10_000, 20_000, 50_000, 100_000,
]
