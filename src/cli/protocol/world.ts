import { readFile } from "node:fs/promises";
import {
  type Attacker,
  type Collusion,
  type EpisodeSource,
  readTrajectories,
  recordedEpisodes,
  type StandardProtocol,
  separationOfAuroc,
  separationOfBoth,
  syntheticEpisodes,
  type Terms,
} from "../../oversight/index.ts";
import { Fault } from "../../record/index.ts";

/** What a simulated world is like and what happens in it; the options of every `protocol` command. */
export interface WorldOptions {
  readonly auroc: number;
  readonly spread: number;
  readonly context: number;
  readonly steps: number;
  readonly attacker: Attacker;
  readonly collusion?: readonly Collusion[];
  readonly paraphrase?: boolean;
  readonly justified?: { readonly auroc: number; readonly correlation: number };
  readonly trustedWorth: number;
  readonly editedWorth: number;
  readonly attacksNeeded: number;
  readonly reviewDelay: number;
  readonly grace?: number;
  readonly auditorMisses: number;
  readonly seed: number;
  readonly trajectories: number;
  readonly repetitions?: number;
}

/** The recording that was given, or the world that the options describe. */
export async function episodesOf(
  file: string | undefined,
  options: WorldOptions,
): Promise<EpisodeSource> {
  const { auroc, spread, context, steps, seed, collusion, paraphrase, justified } = options;
  if (file !== undefined) {
    if (collusion || paraphrase || justified) {
      throw new Fault(
        file,
        "a recording has its own scores, whatever --collusion, --paraphrase or --justified say",
        "Leave these out, or the file",
      );
    }
    return recordedEpisodes(readTrajectories(await read(file), file), file, seed);
  }
  // The AUROC of two normal distributions is Phi(d' / sqrt(1 + spread^2)).
  const separation = (area: number) =>
    (separationOfAuroc(area) / Math.SQRT2) * Math.hypot(1, spread);
  const both = justified
    ? separationOfBoth(separation(auroc), {
        expected: separation(justified.auroc),
        correlation: justified.correlation,
      })
    : separation(auroc);
  return syntheticEpisodes(
    {
      name: `a made-up world: ${steps} steps, AUROC ${auroc}`,
      steps,
      monitors: [
        { name: "monitor", separation: both, spread, ...(collusion ? { collusion } : {}) },
      ],
      likeness: { trajectory: 0, context, candidate: 0 },
      attacker: options.attacker,
      paraphrase: paraphrase ?? false,
    },
    seed,
  );
}

export function termsOf(options: WorldOptions): Terms {
  const { attacksNeeded, reviewDelay, grace, auditorMisses } = options;
  return {
    attacksNeeded,
    reviewDelay,
    ...(grace === undefined ? {} : { grace }),
    auditMisses: auditorMisses,
    worth: { agent: 1, trusted: options.trustedWorth, edited: options.editedWorth },
  };
}

export function sizeOf(
  { seed, trajectories, repetitions }: WorldOptions,
  { recorded }: EpisodeSource,
): { readonly seed: number; readonly trajectories: number; readonly repetitions: number } {
  return { seed, trajectories, repetitions: repetitions ?? (recorded ? 200 : 10) };
}

export function unitOf(per: string): "step" | "trajectory" {
  if (per === "step" || per === "trajectory") return per;
  throw new Fault("--per", `"${per}" is no unit`, "Give step or trajectory");
}

/** A recording as a rule has no second sample of a step to draw. */
export function protocolsFor(
  episodes: EpisodeSource,
  names: readonly StandardProtocol[],
): readonly StandardProtocol[] {
  const single = ["none", "trusted only", "monitoring", "ask a person", "defer to trusted"];
  return episodes.recorded ? names.filter((name) => single.includes(name)) : names;
}

export function percent(value: number): string {
  return `${Number((value * 100).toPrecision(3))} %`;
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Fault(file, `it cannot be read (${code})`, "Give a file of recorded trajectories");
  }
}
