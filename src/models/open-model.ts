import { Fault } from "../record/index.ts";
import type { Random } from "../stats/index.ts";
import { boundedFetch } from "./bounded-fetch.ts";
import type { Clock } from "./clock.ts";
import type { LanguageModel } from "./language-model.ts";
import { limited, type RateLimit } from "./limited.ts";
import { type ModelReference, parseModelReference } from "./reference.ts";
import { inTime, PATIENCE, type Patience, retrying } from "./retrying.ts";

export interface ModelPorts {
  /** Where keys stand, as a rule `process.env`. */
  readonly environment: { readonly [name: string]: string | undefined };
  readonly clock: Clock;
  /** For the jitter of retries. */
  readonly random: Random;
}

export interface ModelSettings extends Partial<Patience> {
  /** For one attempt, at most 300,000, where Node's fetch gives up by itself. */
  readonly timeoutMs?: number | undefined;
  readonly limit?: RateLimit | undefined;
  /** Of one answer, after decompression. */
  readonly maxReplyBytes?: number | undefined;
  /**
   * What an OpenAI-compatible server is sent where a schema is asked for: the schema, or only that
   * JSON is wanted, for servers that refuse schemas.
   */
  readonly structured?: "schema" | "json" | undefined;
}

const MAX_REPLY_BYTES = 16 * 2 ** 20;
const TIMEOUT_MS = 120_000;
const LONGEST_TIMEOUT_MS = 300_000;

/**
 * A model by its reference, with timeouts, retries and limits. Nothing is sent before the first
 * call. Throws a Fault where the reference cannot be read or its key is not in the environment.
 */
export function openModel(
  text: string,
  ports: ModelPorts,
  settings: ModelSettings = {},
): LanguageModel {
  const reference = parseModelReference(text);
  const key = readKey(reference, ports.environment);
  const timeoutMs = settings.timeoutMs ?? TIMEOUT_MS;
  if (!(timeoutMs > 0 && timeoutMs <= LONGEST_TIMEOUT_MS)) {
    throw new Fault(
      `model ${text}`,
      `a timeout of ${timeoutMs} ms cannot be kept`,
      `Give one of at most ${LONGEST_TIMEOUT_MS} ms`,
    );
  }
  const fetch = boundedFetch(settings.maxReplyBytes ?? MAX_REPLY_BYTES, key);
  const model = onFirstCall(text, async () => {
    // Loaded only here: the providers' SDKs take longer to load than all that might ask a model.
    const { providedModel } = await import("./provided-model.ts");
    return providedModel(text, reference, key, fetch, settings.structured ?? "schema");
  });
  const single = inTime(model, timeoutMs, ports.clock);
  const held = settings.limit === undefined ? single : limited(single, settings.limit, ports.clock);
  return retrying(held, { ...PATIENCE, ...settings }, ports);
}

/** A model that is opened by whoever asks first. */
function onFirstCall(id: string, open: () => Promise<LanguageModel>): LanguageModel {
  let model: Promise<LanguageModel> | undefined;
  return {
    id,
    async generate(call) {
      model ??= open();
      return (await model).generate(call);
    },
  };
}

function readKey(
  { keyVariable, name }: ModelReference,
  environment: ModelPorts["environment"],
): string | undefined {
  if (keyVariable === undefined) return undefined;
  const key = environment[keyVariable]?.trim() ?? "";
  if (/^[\x21-\x7e]{8,}$/.test(key)) return key;
  const problem = key === "" ? "is not set" : "holds no key (at least 8 plain characters)";
  throw new Fault(
    `model ${name}`,
    `the environment variable ${keyVariable} ${problem}`,
    `Set ${keyVariable} to the key and run the same command again`,
  );
}
