// A reason as it is shown: words, a weight in any unit of its own, and what it can be turned down by.

export type Reason = { kind: string; text: string; weight: number; term: string | null };
