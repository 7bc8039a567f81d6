import { type Content, isClean, NOTHING } from "./taint.ts";

/** What is known of files, variables and the working folder. */
export interface State {
  readonly folder: string;
  file(path: string): Content;
  writeFile(path: string, content: Content): void;
  removeFile(path: string): void;
  variable(name: string): Content | undefined;
  setVariable(name: string, content: Content): void;
  setFolder(folder: string): void;
  /** What is staged for the next commit. */
  readonly staged: Content;
  stage(content: Content): void;
  /** A state over this one: what it changes stays its own until it is kept. */
  branch(): Branch;
}

export interface Branch extends State {
  /** Writes its changes into another state: all of them, or only what is tainted. */
  keepIn(other: State, taintedOnly?: boolean): void;
}

const MAX_ENTRIES = 8_192;
/** Characters of one file's text, and of all, that are kept. */
const MAX_FILE = 1_048_576;
const MAX_ALL = 16_777_216;

export function emptyState(): State {
  return layer(undefined);
}

function layer(below: State | undefined): Branch {
  const files = new Map<string, Content | undefined>();
  const variables = new Map<string, Content>();
  /** Files by the last part of their path, for paths whose folder is not known. */
  const byName = new Map<string, string>();
  let folder: string | undefined;
  let staged: Content | undefined;
  let size = 0;

  const resolve = (path: string) => normalised(path, self.folder);
  const put = (key: string, content: Content | undefined) => {
    size -= files.get(key)?.text?.length ?? 0;
    files.delete(key);
    const text = content?.text;
    const kept =
      text !== undefined && text.length > MAX_FILE ? { ...content!, text: undefined } : content;
    size += kept?.text?.length ?? 0;
    files.set(key, kept);
    byName.set(nameOf(key), key);
    while (files.size > MAX_ENTRIES || size > MAX_ALL) {
      const [oldest] = files.keys();
      if (oldest === undefined || oldest === key) break;
      size -= files.get(oldest)?.text?.length ?? 0;
      files.delete(oldest);
      if (byName.get(nameOf(oldest)) === oldest) byName.delete(nameOf(oldest));
    }
  };
  const self: Branch = {
    get folder() {
      return folder ?? below?.folder ?? "";
    },
    file(path) {
      const key = resolve(path);
      if (files.has(key)) return files.get(key) ?? NOTHING;
      const alike = byName.get(nameOf(key));
      if (alike !== undefined && endsAlike(alike, key)) return files.get(alike) ?? NOTHING;
      return below?.file(path) ?? NOTHING;
    },
    writeFile: (path, content) => put(resolve(path), content),
    removeFile: (path) => put(resolve(path), undefined),
    variable: (name) => variables.get(name) ?? below?.variable(name),
    setVariable(name, content) {
      if (variables.size < MAX_ENTRIES || variables.has(name)) variables.set(name, content);
    },
    setFolder: (next) => {
      folder = normalised(next, self.folder);
    },
    get staged() {
      return staged ?? below?.staged ?? NOTHING;
    },
    stage: (content) => {
      staged = content;
    },
    branch: () => layer(self),
    keepIn(other, taintedOnly = false) {
      for (const [key, content] of files) {
        if (taintedOnly && (content === undefined || isClean(content))) continue;
        if (content === undefined) other.removeFile(key);
        else other.writeFile(key, content);
      }
      for (const [name, content] of variables) {
        if (!taintedOnly || !isClean(content)) other.setVariable(name, content);
      }
      if (folder !== undefined && !taintedOnly) other.setFolder(folder);
      if (staged !== undefined && !(taintedOnly && isClean(staged))) other.stage(staged);
    },
  };
  return self;
}

function normalised(path: string, folder: string): string {
  const home = path.replace(/^(?:\$\{?HOME\}?|\/root|\/(?:home|Users)\/[\w.-]{1,64})(?=\/|$)/, "~");
  const whole = /^[/~$]|^\w:[\\/]/.test(home) || folder === "" ? home : `${folder}/${home}`;
  const parts: string[] = [];
  for (const part of whole.slice(0, 1_000).split("/")) {
    if (part === "." || (part === "" && parts.length > 0)) continue;
    if (part === ".." && parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else parts.push(part);
  }
  return parts.join("/");
}

function nameOf(key: string): string {
  return key.slice(key.lastIndexOf("/") + 1);
}

/** One of two paths is the end of the other. */
function endsAlike(a: string, b: string): boolean {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  return long === short || (!/^[/~]/.test(short) && long.endsWith(`/${short}`));
}
