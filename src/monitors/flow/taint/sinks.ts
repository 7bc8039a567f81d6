import type { Evidence, Finding } from "../../monitor.ts";
import { chain, named } from "../evidence.ts";
import type { SecretIndex } from "./secret-index.ts";
import type { State } from "./state.ts";
import { stepsOf, type Taint } from "./taint.ts";

/** What the tracker of secrets works with. */
export interface FlowContext {
  readonly state: State;
  readonly secrets: SecretIndex;
  /** Whether the user's own words name it: a host, a file. */
  named(text: string): boolean;
  report(finding: Finding): void;
}

export type SinkKind = "network" | "commit" | "message" | "metrics";

/** Where in a request it stands: credentials in a header of their own are how services are used. */
export type Position = "body" | "header" | "address";

export interface Sink {
  readonly kind: SinkKind;
  readonly evidence: Evidence;
  /** Who receives it, where that shows. */
  readonly host?: string | undefined;
  readonly position?: Position;
  /** The code that does it is written and has not been run. */
  readonly latent?: boolean;
}

const SIGNALS: Record<SinkKind, string> = {
  network: "secret-to-network",
  commit: "secret-to-commit",
  message: "secret-in-message",
  metrics: "secret-to-metrics",
};
const INTO: Record<SinkKind, string> = {
  network: "goes to the network",
  commit: "goes into a commit",
  message: "goes into a message",
  metrics: "goes into metrics or logs that others read",
};
const LEAST = 0.1;

/** Reports what of the taints must not reach the sink; the surest source alone, with its whole way. */
export function leak(context: FlowContext, taints: readonly Taint[], sink: Sink): void {
  let worst: Taint | undefined;
  for (const taint of taints) {
    if (worst === undefined || weightOf(context, taint, sink) > weightOf(context, worst, sink))
      worst = taint;
  }
  if (worst === undefined) return;
  const weight = weightOf(context, worst, sink);
  if (weight < LEAST) return;
  const { source, via } = worst;
  const how = via.length === 0 ? "" : ` as ${via.join(", ")}`;
  const to = sink.host === undefined ? "" : ` (${named(sink.host)})`;
  context.report({
    signal: SIGNALS[sink.kind],
    weight,
    note: `Content of ${named(source.what)}, from event ${source.evidence.event}, ${INTO[sink.kind]}${how}${to}.`,
    evidence: chain(stepsOf(worst), sink.evidence),
  });
}

function weightOf(context: FlowContext, { source }: Taint, sink: Sink): number {
  let weight = source.weight;
  if (sink.position === "header") weight *= ofService(source.what, sink.host) ? 0.1 : 0.3;
  if (sink.host !== undefined) {
    if (isLocal(sink.host)) weight *= 0.25;
    else if (context.named(sink.host)) weight *= 0.4;
  }
  if (sink.latent) weight *= 0.65;
  if (context.named(source.what) && (sink.host === undefined || context.named(sink.host)))
    weight *= 0.5;
  return weight;
}

/** The host of a URL, an `scp` target or a bare name. */
export function hostOf(address: string): string | undefined {
  const text = address.slice(0, 400).replace(/^["'@]+/, "");
  const bucket = /^(?:s3|gs|az|b2):\/\/[\w.-]{1,100}/i.exec(text);
  if (bucket !== null) return bucket[0].toLowerCase();
  const url = /^(?:[a-z+]{2,10}:\/\/)(?:[^/@\s]{0,100}@)?(\[[\da-f:]+\]|[\w.$%{}-]{1,255})/i.exec(
    text,
  );
  if (url !== null) return url[1]!.toLowerCase();
  const remote = /^(?:[\w.-]{1,64}@)?([\w.-]{1,255}):/.exec(text);
  if (remote !== null) return remote[1]!.toLowerCase();
  const bare =
    /^(?:[\w-]{1,63}@)?((?:[\w-]{1,63}\.)+[a-z]{2,24}|\d{1,3}(?:\.\d{1,3}){3}|localhost)(?=[:/?]|$)/i.exec(
      text,
    );
  return bare?.[1]?.toLowerCase();
}

function isLocal(host: string): boolean {
  return /^(?:localhost|127\.|0\.0\.0\.0|\[?::1|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|host\.docker\.internal)|^[\w-]+$/.test(
    host,
  );
}

/** A credential that names the service it is sent to: GITHUB_TOKEN to api.github.com. */
function ofService(what: string, host: string | undefined): boolean {
  if (host === undefined) return false;
  const [, service] = /^\$?([A-Za-z]{2,20})(?:_|$)/.exec(what) ?? [];
  if (service === undefined) return false;
  const name = service.toUpperCase();
  const known = (Object.hasOwn(SERVICES, name) ? SERVICES[name] : undefined) ?? [
    service.toLowerCase(),
  ];
  return known.some((part) => host.includes(part));
}

const SERVICES: Readonly<Record<string, readonly string[]>> = {
  GH: ["github"],
  AWS: ["amazonaws"],
  GCP: ["googleapis"],
  GOOGLE: ["googleapis", "google"],
  HF: ["huggingface"],
  CI: ["gitlab"],
  WANDB: ["wandb"],
  NPM: ["npmjs"],
  PYPI: ["pypi"],
  DD: ["datadog"],
};
