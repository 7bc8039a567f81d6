import { describe, expect, it } from "vitest";
import { type Host, howToAllow, howToInstall } from "./remedy.ts";

const debian: Host = {
  platform: "linux",
  osRelease: 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\n',
  root: false,
  container: false,
  setting: () => null,
};

describe("howToInstall", () => {
  it.each([
    ["Debian", {}, "sudo apt-get install -y bubblewrap"],
    ["Debian, as root", { root: true }, "apt-get install -y bubblewrap"],
    [
      "Mint",
      { osRelease: 'ID=linuxmint\nID_LIKE="ubuntu debian"\n' },
      "sudo apt-get install -y bubblewrap",
    ],
    [
      "Rocky",
      { osRelease: 'ID="rocky"\nID_LIKE="rhel centos fedora"\n' },
      "sudo dnf install -y bubblewrap",
    ],
    ["Arch", { osRelease: "ID=arch\n" }, "sudo pacman -S --noconfirm bubblewrap"],
    [
      "openSUSE",
      { osRelease: 'ID="opensuse-leap"\nID_LIKE="suse opensuse"\n' },
      "sudo zypper install -y bubblewrap",
    ],
    ["an unknown Linux", { osRelease: "" }, "install the package bubblewrap"],
    ["macOS", { platform: "darwin" }, expect.stringContaining("brew install lima")],
    ["Windows", { platform: "win32" }, expect.stringContaining("wsl --install")],
  ])("on %s", (_, change, remedy) => {
    expect(howToInstall({ ...debian, ...change })).toEqual(remedy);
  });
});

describe("howToAllow", () => {
  const refused = "bwrap: No permissions to create new namespace";

  it.each([
    ["user/max_user_namespaces", "0", "sudo sysctl -w user.max_user_namespaces=15000"],
    ["kernel/unprivileged_userns_clone", "0", "sudo sysctl -w kernel.unprivileged_userns_clone=1"],
    [
      "kernel/apparmor_restrict_unprivileged_userns",
      "1",
      "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0",
    ],
  ])("names the setting %s where it forbids namespaces", (name, value, remedy) => {
    const setting = (asked: string) => (asked === name ? value : null);
    expect(howToAllow(refused, { ...debian, setting })).toBe(remedy);
  });

  it("names the container's options in a container", () => {
    expect(howToAllow(refused, { ...debian, container: true })).toContain("seccomp=unconfined");
    const proc = "bwrap: Can't mount proc on /newroot/proc: Operation not permitted";
    expect(howToAllow(proc, { ...debian, container: true })).toContain("systempaths=unconfined");
  });

  it("asks for a newer bubblewrap where this one lacks an option", () => {
    expect(howToAllow("bwrap: Unknown option --as-pid-1", debian)).toBe(
      "sudo apt-get install -y bubblewrap (a newer version)",
    );
  });
});
