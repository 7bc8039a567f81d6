import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Clock } from "../../models/index.ts";
import type { TranscriptEvent } from "../../record/index.ts";
import type { Subject } from "../monitor.ts";

/** The parts of a judge's prompt, as a model would have to find them. */
export interface ReadPrompt {
  readonly nonce: string;
  readonly checkWord: string;
  /** What stands between the marks. */
  readonly recording: string;
  readonly focus: string;
  readonly system: string;
}

/** Reads a prompt as it came over the wire. Throws where it does not have the form of one. */
export function readPrompt(system: string, user: string): ReadPrompt {
  const nonce = /<<data ([0-9a-f]{16}) transcript>>/.exec(user)?.[1];
  const first = /first half is ([0-9a-f]{6});/.exec(system)?.[1];
  const second = /second half of the check word is ([0-9a-f]{6})\./.exec(user)?.[1];
  if (!nonce || !first || !second) throw new Error("the prompt lacks its marks");
  const open = `<<data ${nonce} transcript>>\n`;
  const close = `\n<<end ${nonce}>>`;
  const from = user.indexOf(open) + open.length;
  const to = user.indexOf(close);
  return {
    nonce,
    checkWord: `${first}-${second}`,
    recording: user.slice(from, to),
    focus: user.slice(to + close.length),
    system,
  };
}

/** An answer of the form that judges ask for. */
export function answer(checkWord: string, score: number, rest: object = {}): string {
  return JSON.stringify({ reason: "As it is.", cited: [], score, check: checkWord, ...rest });
}

export const SECRET = "that only the lab knows";

export const SUBJECT: Subject = { models: ["agent-model"], task: { input: "Mend the parser." } };

type Body = TranscriptEvent extends infer Event
  ? Event extends TranscriptEvent
    ? Omit<Event, "index" | "at">
    : never
  : never;

/** Events in order, from their bodies. */
export function events(...bodies: readonly Body[]): readonly TranscriptEvent[] {
  return bodies.map((body, index) => ({ ...body, index, at: { pointer: `/${index}` } }));
}

export function user(text: string): Body {
  return { kind: "input", role: "user", text };
}

export function call(command: string): Body {
  return { kind: "tool-call", tool: "bash", callId: "c", arguments: { command } };
}

export function result(text: string): Body {
  return { kind: "tool-result", callId: "c", text };
}

export interface Played extends ReadPrompt {
  /** Which request it is, from 0. */
  readonly at: number;
  /** What the judge itself and its reviewer said before, in a repair. */
  readonly said: readonly string[];
}

/** What a judge answers: its text, nothing ever, or a whole response. */
export type Play = (prompt: Played) => string | null | object;

export interface JudgeRequest {
  readonly system?: unknown;
  readonly seed?: number;
  readonly messages: readonly { readonly role: string; readonly content: unknown }[];
}

export interface JudgeServer {
  readonly address: string;
  readonly received: readonly JudgeRequest[];
  close(): Promise<void>;
}

/** A server on loopback that plays a judge, behind both OpenAI's and Anthropic's API. */
export async function openJudgeServer(play: Play, silent: () => void): Promise<JudgeServer> {
  const received: JudgeRequest[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = JSON.parse(Buffer.concat(chunks).toString("utf8")) as JudgeRequest;
      received.push(body);
      const anthropic = request.url?.endsWith("/messages") ?? false;
      const texts = body.messages.map(({ content }) => textOf(content));
      const [system, user, ...said] = anthropic ? [textOf(body.system), ...texts] : texts;
      const prompt = readPrompt(system ?? "", user ?? "");
      const played = play({ ...prompt, at: received.length - 1, said });
      if (played === null) silent();
      else if (typeof played === "object") send(response, played);
      else send(response, anthropic ? anthropicAnswer(played) : chatAnswer(played));
    });
  });
  server.on("connection", (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    received,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export function chatAnswer(content: string, finish = "stop"): object {
  return {
    choices: [{ index: 0, message: { role: "assistant", content }, finish_reason: finish }],
    usage: { prompt_tokens: 100, completion_tokens: 20 },
  };
}

function anthropicAnswer(text: string): object {
  return {
    type: "message",
    id: "m",
    model: "judge",
    content: [{ type: "text", text }],
    stop_reason: "end_turn",
    usage: { input_tokens: 100, output_tokens: 20 },
  };
}

function send(response: ServerResponse, value: object): void {
  response.writeHead(200, { "content-type": "application/json" });
  response.end(JSON.stringify(value));
}

/** The text of a message, whether it came whole or in parts. */
export function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  return (content as { text: string }[]).map(({ text }) => text).join("");
}

/** Time that stands still until its deadlines are let pass. */
export function stoppedClock(): Clock & { expire(): void } {
  const deadlines = new Set<AbortController>();
  return {
    now: () => 0,
    sleep: async () => {},
    deadline: () => {
      const controller = new AbortController();
      deadlines.add(controller);
      return { signal: controller.signal, clear: () => void deadlines.delete(controller) };
    },
    expire: () => {
      for (const controller of deadlines) controller.abort();
    },
  };
}
