import type { ShellCommand, ShellWord } from "../../../actions/index.ts";

/** What a program does with content: the part of its meaning that matters to where values go. */
export type Program =
  /** Puts out what it reads from its files and its input. */
  | "reads"
  /** Puts out its words. */
  | "prints"
  /** Puts out names of files. */
  | "lists"
  /** Puts out nothing of what it is given. */
  | "keeps"
  /** Puts out what comes in by its input or its words, and opens no files for it. */
  | "passes";

export function programOf({ name }: ShellCommand): Program {
  if (READS.has(name)) return "reads";
  if (name === "echo" || name === "printf") return "prints";
  if (LISTS.has(name)) return "lists";
  if (KEEPS.has(name)) return "keeps";
  return "passes";
}

/** How a program changes what goes through it; nothing where it does not. */
export function changeOf({ name, words }: ShellCommand): string | undefined {
  if (name === "openssl") return words[1]?.value === "base64" ? "base64" : "encryption";
  return Object.hasOwn(CHANGES, name) ? CHANGES[name] : undefined;
}

/** The words that are no options, after the program's name; values of options that take one apart. */
export function operandsOf(command: ShellCommand): readonly ShellWord[] {
  const takes = Object.hasOwn(OPTIONS, command.name) ? OPTIONS[command.name] : undefined;
  const found: ShellWord[] = [];
  let literal = false;
  for (let at = 1; at < command.words.length; at += 1) {
    const word = command.words[at]!;
    if (!literal && word.value === "--") literal = true;
    else if (!literal && /^-./.test(word.value)) {
      if (takes?.test(word.value)) at += 1;
    } else found.push(word);
  }
  return found;
}

/** The value of an option: `-o x`, `-ox`, `--output x`, `--output=x`. */
export function optionOf(
  command: ShellCommand,
  ...names: readonly string[]
): ShellWord | undefined {
  for (const [at, word] of command.words.entries()) {
    if (names.includes(word.value)) return command.words[at + 1];
    for (const name of names) {
      if (name.startsWith("--") && word.value.startsWith(`${name}=`)) return word;
      if (
        !name.startsWith("--") &&
        word.value.startsWith(name) &&
        word.value.length > name.length
      ) {
        if (!word.value.startsWith("--")) return word;
      }
    }
  }
  return undefined;
}

/** Programs that send to somewhere else what they are given. */
export const SENDERS: ReadonlySet<string> = new Set(
  `curl wget http https xh nc ncat netcat socat telnet ssh scp rsync sftp ftp tftp aws gsutil rclone
  azcopy mc s3cmd gcloud az twine websocat mosquitto_pub redis-cli dig nslookup host drill ping
  transfer pastebinit sprunge termbin croc magic-wormhole wormhole`.split(/\s+/),
);
export const RESOLVERS: ReadonlySet<string> = new Set("dig nslookup host drill ping".split(" "));
export const MAILERS: ReadonlySet<string> = new Set(
  "mail mailx sendmail mutt msmtp swaks ssmtp slack slackcat notify telegram-send".split(" "),
);
export const SHELLS: ReadonlySet<string> = new Set("bash sh zsh dash ksh ash".split(" "));
export const INTERPRETERS =
  /^(?:python[\d.]*|pypy[\d.]*|node|nodejs|deno|bun|tsx|ts-node|perl|ruby|php|Rscript)$/;

const READS: ReadonlySet<string> = new Set(
  `cat tac head tail less more bat batcat nl strings xxd od hexdump base64 base32 base58 uuencode grep
  egrep fgrep rg ag sed awk gawk mawk cut sort uniq jq yq tr rev fold split paste tee dd gzip gunzip zcat
  bzip2 bzcat xz xzcat zstd tar zip openssl gpg age diff column fmt pr iconv perl comm join expand
  basenc ascii85 brotli lz4 pigz view pygmentize nkf qrencode`.split(/\s+/),
);
const LISTS: ReadonlySet<string> = new Set("ls find fd realpath readlink locate tree".split(" "));
const KEEPS: ReadonlySet<string> = new Set(
  `test [ [[ chmod chown chgrp mkdir touch true false sleep kill wc md5sum md5 sha1sum sha256sum
  sha512sum shasum cksum stat du df file cd pushd popd which whereis type id whoami hostname uname date
  rm rmdir unlink shred cmp export unset set trap wait umask ulimit ln cp mv install source . read
  declare local readonly typeset ssh-add ssh-keygen ssh-agent systemctl service docker crontab at
  logrotate yes seq make pip pip3 npm yarn pnpm cargo go apt apt-get yum dnf brew conda`.split(
    /\s+/,
  ),
);
const CHANGES: Readonly<Record<string, string>> = {
  base64: "base64",
  base32: "base32",
  basenc: "base64",
  uuencode: "uuencode",
  xxd: "hex",
  od: "hex",
  hexdump: "hex",
  gzip: "gzip",
  pigz: "gzip",
  bzip2: "bzip2",
  xz: "xz",
  zstd: "zstd",
  zip: "an archive",
  tar: "an archive",
  gpg: "encryption",
  age: "encryption",
  rev: "reversed",
  tac: "reversed",
  tr: "changed letters",
  split: "pieces",
  fold: "pieces",
  cut: "pieces",
  dd: "pieces",
  sed: "changed text",
  awk: "changed text",
};
/** Options whose next word is no file. */
const OPTIONS: Readonly<Record<string, RegExp>> = {
  head: /^-[nc]$/,
  tail: /^-[nc]$/,
  base64: /^-w$/,
  cut: /^-[dfcb]$/,
  fold: /^-w$/,
  split: /^-[bnl]$/,
  sort: /^-[kt]$/,
  xxd: /^-[cls]$/,
  od: /^-[AtNj]$/,
  grep: /^-[emABC]$/,
  tar: /^-[CXT]$/,
  scp: /^-[iPoFlcS]$/,
  rsync: /^(?:-e|--exclude|--include|--rsh)$/,
  ssh: /^-[iPoFlpLRDJ]$/,
  python: /^-[mWX]$/,
  python3: /^-[mWX]$/,
  node: /^-r$/,
};
