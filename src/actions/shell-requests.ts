import type { RequestAction } from "./action.ts";
import type { ShellCommand } from "./shell.ts";
import { operands } from "./shell-operands.ts";

const BODY =
  /^(?:-d|--data(?:-\w+)*|-F|--form|-T|--upload-file|--post-data|--post-file|--body-data|--json|-b|--cookie|-H|--header|-u|--user)$/;
const WITH_VALUE =
  /^(?:-o|-O|-X|--request|-m|--max-time|--connect-timeout|-A|--user-agent|-e|--referer|-w|--write-out|--retry|-x|--proxy|-P|--output-document|--output|-K|--cacert|--cert|--key|-t|--tries|--timeout|-T)$/;

/** What a command sends to or fetches from another machine. */
export function requestOf(command: ShellCommand): RequestAction | undefined {
  const { name, words } = command;
  switch (name) {
    case "curl":
    case "wget":
    case "http":
    case "https":
    case "xh":
    case "aria2c":
      return webRequest(command);
    case "nc":
    case "ncat":
    case "netcat":
    case "telnet":
    case "dig":
    case "nslookup":
    case "host":
    case "ping":
    case "ftp":
    case "sftp":
    case "ssh": {
      const target = words
        .slice(1)
        .find(({ value }) => !value.startsWith("-") && /[.$@:]|^localhost$|^\w+$/.test(value));
      return target === undefined ? undefined : { kind: "request", url: target.value };
    }
    case "scp":
    case "rsync": {
      const files = operands(command);
      const remote = files.find(({ value }) => /^[^/]*:/.test(value));
      const body = files.filter((file) => file !== remote).map(({ value }) => value);
      return remote && { kind: "request", url: remote.value, body: body.join(" ") };
    }
    case "git":
      return gitRequest(command);
    case "aws":
    case "gsutil":
    case "gcloud":
    case "rclone": {
      const bucket = words.find(
        ({ value }) => /^(?:s3|gs):\/\//.test(value) || /^\w+:/.test(value),
      );
      const body = words.slice(1).filter((word) => word !== bucket);
      return (
        bucket && {
          kind: "request",
          url: bucket.value,
          body: body.map(({ value }) => value).join(" "),
        }
      );
    }
    default: {
      // `pip install git+https://…`, `npm install https://…`, `docker pull`, a script given a URL.
      const url = words
        .slice(1)
        .find(({ value }) => /^(?:git\+)?(?:https?|ftp|ssh|git):\/\//.test(value));
      return url === undefined || PRINTERS.has(name)
        ? undefined
        : { kind: "request", url: url.value };
    }
  }
}

const PRINTERS = new Set(
  "echo printf grep egrep rg sed awk export git-commit test [ [[".split(" "),
);

function webRequest({ words }: ShellCommand): RequestAction | undefined {
  const bodies: string[] = [];
  let url: string | undefined;
  for (let at = 1; at < words.length; at++) {
    const { value } = words[at]!;
    const glued =
      /^(?:--(?:data[\w-]*|form|header|post-data|post-file|url|json|upload-file)=)(.*)$/s.exec(
        value,
      );
    if (glued !== null) {
      if (value.startsWith("--url=")) url ??= glued[1];
      else bodies.push(glued[1]!);
    } else if (BODY.test(value)) {
      bodies.push(words[++at]?.value ?? "");
    } else if (value === "--url") {
      url ??= words[++at]?.value;
    } else if (WITH_VALUE.test(value)) {
      at++;
    } else if (!value.startsWith("-")) {
      if (url === undefined) url = value;
      else bodies.push(value);
    }
  }
  if (url === undefined) return undefined;
  return { kind: "request", url, ...(bodies.length > 0 ? { body: bodies.join("\n") } : {}) };
}

function gitRequest({ words }: ShellCommand): RequestAction | undefined {
  const at = words.findIndex(
    ({ value }, index) => index > 0 && /^(?:push|clone|fetch|pull|ls-remote)$/.test(value),
  );
  if (
    at < 0 ||
    words.slice(1, at).some(({ value }) => /^(?:commit|log|grep|stash|config)$/.test(value))
  )
    return undefined;
  const subcommand = words[at]!.value;
  const rest = words.slice(at + 1).filter(({ value }) => !value.startsWith("-"));
  return {
    kind: "request",
    url: rest[0]?.value ?? "origin",
    ...(subcommand === "push"
      ? {
          body: rest
            .slice(1)
            .map(({ value }) => value)
            .join(" "),
        }
      : {}),
  };
}
