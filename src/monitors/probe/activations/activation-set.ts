import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import { z } from "zod";
import { Fault } from "../../../record/index.ts";
import { readNpy } from "./npy.ts";
import { readActivationTable } from "./parquet.ts";
import { readSafetensors } from "./safetensors.ts";
import type { Tensor } from "./tensor.ts";

/** Activations or embeddings of labelled steps, layer by layer. */
export interface ActivationSet {
  readonly steps: readonly ActivationStep[];
  readonly layers: readonly Layer[];
}

export interface ActivationStep {
  /** True for what the probe is to find. */
  readonly label: boolean;
  /** Steps of one task never stand on both sides of a fold. */
  readonly task: string;
  readonly trajectory: string;
}

/** One vector a step, one after the other. */
export interface Layer {
  readonly name: string;
  readonly width: number;
  readonly values: Float64Array;
}

const text = z.union([z.string(), z.number(), z.bigint()]).transform(String);
const stepSchema = z
  .object({
    label: z.union([z.boolean(), z.literal(0), z.literal(1), z.literal(0n), z.literal(1n)]),
    task: text.optional(),
    trajectory: text.optional(),
  })
  .transform(({ label, task, trajectory }, context): ActivationStep => {
    const own = task ?? trajectory;
    if (own === undefined) context.addIssue("it names neither task nor trajectory");
    return { label: Boolean(label), task: own ?? "", trajectory: trajectory ?? own ?? "" };
  });

/**
 * Reads activations from a .safetensors, .npy or .parquet file. The steps' labels, tasks and
 * trajectories stand in the table's columns or in `labels`, a JSONL file with a record
 * `{label, task, trajectory}` a row. A tensor has a row a step; of three dimensions the one that is
 * not the row's nor the last is the layer. Throws a Fault on files that do not fit together.
 */
export async function readActivations(file: string, labels?: string): Promise<ActivationSet> {
  const bytes = await contentOf(file);
  let tensors: readonly Tensor[];
  let records: readonly unknown[] | undefined;
  switch (extname(file)) {
    case ".safetensors":
      tensors = readSafetensors(file, bytes);
      break;
    case ".npy":
      tensors = [readNpy(file, bytes)];
      break;
    case ".parquet":
      ({ tensors, records } = await readActivationTable(file, bytes));
      break;
    default:
      throw new Fault(file, "it is no file of activations", "Give .safetensors, .npy or .parquet");
  }
  const given =
    labels === undefined ? records : parseLines(labels, (await contentOf(labels)).toString("utf8"));
  if (!given) {
    throw new Fault(
      file,
      "its steps have no labels",
      "Give a JSONL file with label, task and trajectory",
    );
  }
  return activationSet(labels ?? file, tensors, given);
}

async function contentOf(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") throw new Fault(file, "there is no such file", "Check the name");
    throw new Fault(file, `it cannot be read (${code})`, "Give a file of less than 2 GB");
  }
}

/** Puts tensors and labels together. Throws a Fault where their rows differ. */
export function activationSet(
  place: string,
  tensors: readonly Tensor[],
  records: readonly unknown[],
): ActivationSet {
  const steps = records.map((record, i) => {
    const parsed = stepSchema.safeParse(record);
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0]!;
    throw new Fault(
      `${place}: row ${i + 1}`,
      `${issue.path.join(".") || "the record"}: ${issue.message}`,
      "Give label (true or false) and task or trajectory in every row",
    );
  });
  const layers = tensors.flatMap((tensor) => layersOf(tensor, steps.length));
  if (layers.length === 0) {
    throw new Fault(
      place,
      `no tensor has a row for each of ${steps.length} steps (${tensors
        .map(({ shape }) => shape.join(" x "))
        .join("; ")
        .slice(0, 200)})`,
      "Give as many labels as there are rows",
    );
  }
  return { steps, layers };
}

function layersOf({ name, shape, values }: Tensor, rows: number): readonly Layer[] {
  const [first, second, third] = shape;
  if (shape.length === 2 && first === rows) return [{ name, width: second!, values }];
  if (shape.length !== 3 || (first !== rows && second !== rows)) return [];
  // Rows by layers where both fit: what comes first is the step.
  const byRow = first === rows;
  const count = byRow ? second! : first!;
  const width = third!;
  return Array.from({ length: count }, (_, layer) => {
    const own = new Float64Array(rows * width);
    for (let row = 0; row < rows; row++) {
      const from = (byRow ? row * count + layer : layer * rows + row) * width;
      own.set(values.subarray(from, from + width), row * width);
    }
    return { name: name === "" ? `layer ${layer}` : `${name} ${layer}`, width, values: own };
  });
}

function parseLines(place: string, content: string): readonly unknown[] {
  return content
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line, i) => {
      try {
        return JSON.parse(line) as unknown;
      } catch {
        throw new Fault(`${place}: line ${i + 1}`, "it is no JSON", "Give one JSON record a line");
      }
    });
}
