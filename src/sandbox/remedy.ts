import { existsSync, readFileSync } from "node:fs";

/** What a remedy depends on; read from the machine where not given. */
export interface Host {
  readonly platform: string;
  /** The text of /etc/os-release; "" where there is none. */
  readonly osRelease: string;
  readonly root: boolean;
  /** Inside Docker, Podman or Kubernetes. */
  readonly container: boolean;
  /** Value of a kernel setting such as "kernel/unprivileged_userns_clone"; null where there is none. */
  setting(name: string): string | null;
}

/** One line that installs bubblewrap on this system. */
export function howToInstall(host: Host = thisHost()): string {
  if (host.platform === "win32") return "wsl --install, then run the lab in WSL 2";
  if (host.platform === "darwin") {
    return "bubblewrap needs Linux: brew install lima && limactl start, then run the lab in that machine";
  }
  if (host.platform !== "linux") return "bubblewrap needs Linux: run the lab on a Linux machine";
  const like = [...host.osRelease.matchAll(/^ID(?:_LIKE)?="?([^"\n]*)"?$/gm)]
    .flatMap(([, names]) => names?.split(" ") ?? [])
    .find((name) => name in INSTALL);
  const command = like === undefined ? undefined : INSTALL[like];
  if (command === undefined) return "install the package bubblewrap";
  return host.root ? command : `sudo ${command}`;
}

/** One line that lets an installed bubblewrap work, from what it complained of. */
export function howToAllow(complaint: string, host: Host = thisHost()): string {
  if (/mount proc/i.test(complaint)) {
    return "start the container with --security-opt systempaths=unconfined (Kubernetes: procMount: Unmasked)";
  }
  if (/Unknown option/i.test(complaint)) return `${howToInstall(host)} (a newer version)`;
  const sysctl = host.root ? "sysctl -w" : "sudo sysctl -w";
  for (const [name, bad, good] of SETTINGS) {
    if (host.setting(name) === bad) return `${sysctl} ${name.replaceAll("/", ".")}=${good}`;
  }
  if (host.container && /namespace|uid map|RTM_NEWADDR|not permitted/i.test(complaint)) {
    return "start the container with --security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined";
  }
  return "make `bwrap --ro-bind / / --unshare-all true` work for this user";
}

const INSTALL: Readonly<Record<string, string>> = {
  debian: "apt-get install -y bubblewrap",
  ubuntu: "apt-get install -y bubblewrap",
  fedora: "dnf install -y bubblewrap",
  rhel: "dnf install -y bubblewrap",
  centos: "dnf install -y bubblewrap",
  arch: "pacman -S --noconfirm bubblewrap",
  alpine: "apk add bubblewrap",
  suse: "zypper install -y bubblewrap",
  opensuse: "zypper install -y bubblewrap",
  gentoo: "emerge sys-apps/bubblewrap",
  nixos: "nix-env -iA nixos.bubblewrap",
};

/** Settings that forbid user namespaces: name, forbidding value, allowing value. */
const SETTINGS = [
  ["user/max_user_namespaces", "0", "15000"],
  ["kernel/unprivileged_userns_clone", "0", "1"],
  ["kernel/apparmor_restrict_unprivileged_userns", "1", "0"],
] as const;

function thisHost(): Host {
  return {
    platform: process.platform,
    osRelease: read("/etc/os-release") ?? "",
    root: process.getuid?.() === 0,
    container:
      existsSync("/.dockerenv") ||
      existsSync("/run/.containerenv") ||
      process.env.KUBERNETES_SERVICE_HOST !== undefined,
    setting: (name) => read(`/proc/sys/${name}`)?.trim() ?? null,
  };
}

function read(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}
