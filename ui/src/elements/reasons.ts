// A reason as it is shown: what it says, a weight in any unit of its own, and what it can be turned down by.
import type { Because, ReasonKind } from "../words/reasons";

export type Reason = { kind: ReasonKind; because: Because; weight: number; term: string | null };
