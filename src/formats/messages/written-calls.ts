import type { EventBody, Json } from "../../record/index.ts";
import { asObject, asString } from "../json/shape.ts";

/**
 * The tool calls that stand in a model's text, in the order of the ways to write them:
 *
 * - `<function=name><parameter=key>…`: SWE-agent and what is trained on its runs
 * - `<invoke name="…"><parameter name="…">…`: Anthropic's prompts before there was an interface
 * - `<tool_call>{"name": …, "arguments": …}</tool_call>`: Hermes, Qwen
 * - `<execute_bash>…`, `<execute_ipython>…`: CodeAct (arXiv:2402.01030)
 * - `Action: …` and `Action Input: …`, each on its line: ReAct (arXiv:2210.03629)
 * - one fenced `mswea_bash_command`: mini-SWE-agent
 *
 * Each takes time in proportion to the text, whatever the text is.
 */
export function writtenCalls(events: readonly EventBody[]): readonly EventBody[] {
  return events.flatMap((event) =>
    event.kind === "output" ? STYLES.flatMap((style) => style(event.text)) : [],
  );
}

type Style = (text: string) => readonly EventBody[];

const STYLES: readonly Style[] = [
  (text) => tagged(text, { open: "<function=", key: "<parameter=", nameEnds: ">" }),
  (text) => tagged(text, { open: '<invoke name="', key: '<parameter name="', nameEnds: '"' }),
  (text) => sections(text, "<tool_call>", "</tool_call>").flatMap(jsonCall),
  (text) => commands(text, "<execute_bash>", "</execute_bash>", "bash", "command"),
  (text) => commands(text, "<execute_ipython>", "</execute_ipython>", "python", "code"),
  reActCalls,
  (text) => commands(text, "```mswea_bash_command\n", "\n```", "bash", "command"),
];

interface Markup {
  readonly open: string;
  readonly key: string;
  /** What ends a name; the tag's own end follows. */
  readonly nameEnds: string;
}

function tagged(text: string, { open, key, nameEnds }: Markup): readonly EventBody[] {
  const close = (tag: string) => `</${/\w+/.exec(tag)![0]}>`;
  /** `bash">body` or `bash>body`: the name and what stands behind the tag. */
  const split = (section: string): readonly [string, string] | undefined => {
    const nameEnd = section.indexOf(nameEnds);
    const tagEnd = nameEnd < 0 ? -1 : section.indexOf(">", nameEnd);
    return tagEnd < 0 ? undefined : [section.slice(0, nameEnd), section.slice(tagEnd + 1)];
  };
  return sections(text, open, close(open)).flatMap((section) => {
    const call = split(section);
    if (!call) return [];
    const [tool, body] = call;
    const parameters = sections(body, key, close(key)).flatMap((each) => {
      const parameter = split(each);
      return parameter ? [parameter] : [];
    });
    return [{ kind: "tool-call", tool, arguments: Object.fromEntries(parameters) }];
  });
}

function jsonCall(text: string): readonly EventBody[] {
  let call: Readonly<Record<string, Json>> | undefined;
  try {
    call = asObject(JSON.parse(text) as Json);
  } catch {
    return [];
  }
  const tool = asString(call?.name);
  if (tool === undefined) return [];
  return [{ kind: "tool-call", tool, arguments: call?.arguments ?? call?.parameters ?? {} }];
}

function commands(
  text: string,
  open: string,
  close: string,
  tool: string,
  argument: string,
): readonly EventBody[] {
  return sections(text, open, close).map((found) => ({
    kind: "tool-call",
    tool,
    arguments: { [argument]: found },
  }));
}

const ACTION = "Action: ";
const ACTION_INPUT = "Action Input: ";

/** An input reaches to the next word of the form, or to the end. */
function reActCalls(text: string): readonly EventBody[] {
  if (!text.includes(ACTION_INPUT)) return [];
  const calls: EventBody[] = [];
  let tool: string | undefined;
  let input: string[] | undefined;
  const end = () => {
    if (tool !== undefined && input !== undefined) {
      calls.push({ kind: "tool-call", tool, arguments: inputOf(input.join("\n").trim()) });
      tool = undefined;
    }
    input = undefined;
  };
  for (const line of text.split("\n")) {
    if (line.startsWith(ACTION)) {
      end();
      tool = line.slice(ACTION.length).trim();
    } else if (line.startsWith(ACTION_INPUT)) {
      input = [line.slice(ACTION_INPUT.length)];
    } else if (/^(?:Observation|Thought|Final Answer):/.test(line)) {
      end();
    } else {
      input?.push(line);
    }
  }
  end();
  return calls;
}

function inputOf(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

/** What stands between each opening and the closing that follows it. */
function sections(text: string, open: string, close: string): readonly string[] {
  const found: string[] = [];
  for (let at = text.indexOf(open); at >= 0; ) {
    const start = at + open.length;
    const end = text.indexOf(close, start);
    if (end < 0) break;
    found.push(text.slice(start, end));
    at = text.indexOf(open, end + close.length);
  }
  return found;
}
