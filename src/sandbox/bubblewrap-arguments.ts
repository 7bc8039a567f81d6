import { lstatSync, readFileSync, readlinkSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Footing, privilegeArguments } from "./job-user.ts";
import { FILTER_FD, INFO_FD } from "./launcher.ts";

/** One job's walls, as bubblewrap is to build them. */
export interface Walls {
  /** Folder of the host shown read-only as /job. */
  readonly job: string;
  /** Folder of the host shown writable as /out. */
  readonly out: string;
  /** Folder of the host shown writable as /tmp where this bubblewrap cannot bound one in memory. */
  readonly tmp: string;
  /** Folder of the host whose files stand in /etc. */
  readonly etc: string;
  readonly env: Readonly<Record<string, string>>;
  /** Room in /tmp, in MiB. */
  readonly tmpMb: number;
  readonly filtered: boolean;
  readonly footing: Footing;
  /** Options this bubblewrap has. */
  readonly has: (option: string) => boolean;
}

/** The files of `etc`: so that programs find a name for their user and for the loopback. */
export function etcFiles(uid: number): Readonly<Record<(typeof ETC)[number], string>> {
  return {
    passwd: `nobody:x:${uid}:${uid}:nobody:/tmp:/usr/sbin/nologin\n`,
    group: `nogroup:x:${uid}:\n`,
    hosts: "127.0.0.1 localhost\n::1 localhost\n",
  };
}

const ETC = ["passwd", "group", "hosts"] as const;
const SHARED_MEMORY_MB = 64;
const MEMORY_FOLDERS = ["/tmp", "/dev/shm"];

/** The folders that live in memory, with a limit to their size. */
export function memoryFolders(has: (option: string) => boolean): readonly string[] {
  return has("--size") ? MEMORY_FOLDERS : [];
}

/**
 * The arguments up to the command: every namespace of its own, no capability, the system's programs
 * read-only, nothing else of the host; only /out, /tmp and /dev/shm can be written to, and each is
 * bounded. The root and /dev are sealed last: they would be memory without a limit. So is /proc: where
 * the lab is root, the files below /proc/sys would be the job's to write, and with them the machine.
 */
export function bubblewrapArguments(walls: Walls): string[] {
  const { has } = walls;
  const sized = has("--size");
  return [
    ...["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try"],
    ...["--die-with-parent", "--new-session", "--as-pid-1"],
    ...privilegeArguments(walls.footing, has("--disable-userns")),
    ...["--hostname", "sandbox", "--info-fd", `${INFO_FD}`],
    ...(walls.filtered ? ["--seccomp", `${FILTER_FD}`] : []),
    ...environmentArguments(walls.env, has("--clearenv")),
    ...systemFolders(),
    ...["--proc", "/proc", "--dev", "/dev"],
    ...(sized ? memory("/dev/shm", SHARED_MEMORY_MB) : []),
    // A little more than the limit, so that a job that fills it is seen to overrun.
    ...(sized ? memory("/tmp", Math.ceil(walls.tmpMb) + 1) : ["--bind", walls.tmp, "/tmp"]),
    ...ETC.flatMap((name) => ["--ro-bind", join(walls.etc, name), `/etc/${name}`]),
    ...nodeFiles().flatMap((path) => [...foldersTo(path), "--ro-bind", path, path]),
    ...["--ro-bind", walls.job, "/job", "--bind", walls.out, "/out", "--chdir", "/out"],
    ...["/proc", "/dev", "/"].flatMap((folder) => ["--remount-ro", folder]),
    "--",
  ];
}

/** What a job finds in its environment when it asks for nothing. */
export function sandboxEnvironment(env: Readonly<Record<string, string>>): Record<string, string> {
  return {
    PATH: `${dirname(realpathSync(process.execPath))}:/usr/local/bin:/usr/bin:/bin`,
    HOME: "/tmp",
    TMPDIR: "/tmp",
    LANG: "C.UTF-8",
    TZ: "UTC",
    ...env,
    GLASSHOUSE_JOB: "/job",
    GLASSHOUSE_OUT: "/out",
  };
}

function environmentArguments(env: Readonly<Record<string, string>>, clears: boolean): string[] {
  // Older ones cannot clear it, but the launcher's environment holds nothing but what is named here.
  const clear = clears ? ["--clearenv"] : ["PWD", "OLDPWD", "SHLVL", "_"].flatMap(unset);
  return [...clear, ...Object.entries(env).flatMap(([name, value]) => ["--setenv", name, value])];
}

const unset = (name: string) => ["--unsetenv", name];

function memory(folder: string, mb: number): string[] {
  return ["--perms", "1777", "--size", `${mb * 2 ** 20}`, "--tmpfs", folder];
}

/** /usr, and the folders at the root that today are mostly links into it. */
function systemFolders(): string[] {
  const atRoot = ["/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"].flatMap((folder) => {
    const stat = lstatSync(folder, { throwIfNoEntry: false });
    if (stat === undefined) return [];
    if (stat.isSymbolicLink()) return ["--symlink", readlinkSync(folder), folder];
    return ["--ro-bind", folder, folder];
  });
  const settings = ["/etc/alternatives", "/etc/ld.so.cache"];
  return [
    ...["--ro-bind", "/usr", "/usr", "--dir", "/etc"],
    ...atRoot,
    ...settings.flatMap((path) => ["--ro-bind-try", path, path]),
  ];
}

/** Made in so many words: the folders that bubblewrap makes by itself are closed to the job. */
function foldersTo(path: string): string[] {
  const parent = dirname(path);
  return parent === "/" ? [] : [...foldersTo(parent), "--dir", parent];
}

/** The Node binary and the libraries this process has loaded, where the system folders lack them. */
function nodeFiles(): string[] {
  const libraries = readFileSync("/proc/self/maps", "utf8")
    .split("\n")
    .map((line) => line.split(/\s+/).slice(5).join(" "))
    .filter((path) => /\/[^/]+\.so(\.[\d.]+)?$/.test(path));
  const system = /^\/(usr|bin|sbin|lib|lib32|lib64|libx32)\//;
  return [...new Set([realpathSync(process.execPath), ...libraries])].filter(
    (path) => !system.test(path),
  );
}
