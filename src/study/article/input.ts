import type { Hash, Json } from "../../record/index.ts";
import type { Claim, ClaimStatus } from "../claims/claim.ts";
import type { StudyDefinition } from "../definition.ts";
import type { Decision, Gate, ReplicationVerdict, RunRecord } from "../records.ts";

/** Everything an article is made from. The same input gives the same bytes. */
export interface ArticleInput {
  /** Name of the Markdown file, for messages such as "article.md:12:5". */
  readonly file: string;
  readonly markdown: string;
  readonly definition: StudyDefinition;
  /** The frozen plan; `seq` is the ledger event that froze it. */
  readonly plan: { readonly hash: Hash; readonly document: Json; readonly seq: number };
  /** By id: hypotheses ("H1"), cells ("measure/condition"), extra claims, counts ("runs/started"). */
  readonly claims: ReadonlyMap<string, Claim>;
  /** A claim without a status counts as exploratory; a hypothesis must have one. */
  readonly statuses: ReadonlyMap<string, ClaimStatus>;
  readonly decisions: readonly Decision[];
  /** Empty before the replication. */
  readonly replications: readonly ReplicationVerdict[];
  /** Everything that ran, every attempt of every role. */
  readonly runs: readonly RunRecord[];
  readonly gates: readonly Gate[];
  /** Parsed JSON artifacts: those that figures draw, and those whose raw numbers evidence shows. */
  readonly artifacts: ReadonlyMap<Hash, Json>;
  readonly lab: {
    readonly name: string;
    readonly head: { readonly seq: number; readonly hash: Hash };
    readonly budget: { readonly policy: string; readonly alpha: number; readonly spent: number };
  };
  /** For blind review: no lab name, no host, no path. */
  readonly anonymous: boolean;
}

export interface CompiledArticle {
  /** One file that needs nothing else. */
  readonly html: string;
  readonly pdf: Uint8Array;
  readonly figures: readonly { readonly id: string; readonly svg: string }[];
  /** The same article for an 88-column terminal. */
  readonly text: string;
  /** Ids of the claims printed, and of those they are derived from; in order of first use. */
  readonly used: readonly string[];
}

/** Why an article does not compile. Line and column count from 1, columns in UTF-16 units. */
export interface ArticleProblem {
  readonly line: number;
  readonly column: number;
  readonly problem: string;
  readonly remedy: string;
}
