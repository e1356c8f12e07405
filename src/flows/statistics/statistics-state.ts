/** What the statistics remember of one direction. */
// biome-ignore lint/suspicious/noEmptyInterface: filled by the statistics
export interface StatisticsState {}

export const STATISTICS_FLOAT64_FIELDS = [] as const satisfies readonly (keyof StatisticsState)[];

export const STATISTICS_UINT32_FIELDS = [] as const satisfies readonly (keyof StatisticsState)[];
