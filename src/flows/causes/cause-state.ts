/** What the judgement of retransmissions remembers of one direction. */
// biome-ignore lint/suspicious/noEmptyInterface: filled by the causes
export interface CauseState {}

export const CAUSE_FLOAT64_FIELDS = [] as const satisfies readonly (keyof CauseState)[];

export const CAUSE_UINT32_FIELDS = [] as const satisfies readonly (keyof CauseState)[];
