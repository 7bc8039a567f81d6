import { readFileSync } from "node:fs";

/**
 * How a job comes to run with no rights. "own": in a user namespace of the lab's own user, who is not
 * root. As root: "switch": bubblewrap needs no user namespace, the job becomes a user of its own inside;
 * "drop": the launcher becomes that user and makes a user namespace, where root may not do the former.
 */
export type Footing = "own" | "switch" | "drop";

export interface JobUser {
  readonly uid: number;
  readonly gid: number;
}

/** The ways to try here, best first. */
export function footings(): readonly Footing[] {
  return process.getuid?.() === 0 ? ["switch", "drop"] : ["own"];
}

/**
 * A user that nobody else is, so that what the kernel counts by user it counts by job; null on the
 * lab's own footing.
 */
export function nextUser(footing: Footing): JobUser | null {
  if (footing === "own") return null;
  jobs += 1;
  const lab = process.pid % 4096;
  const uid =
    highestUser() > 2_000_000_000
      ? 1_900_000_000 + lab * 4096 + (jobs % 4096)
      : highestUser() - ((lab * 256 + jobs) % 8192);
  return { uid, gid: uid };
}

let jobs = 0;

/** The highest user id that this user namespace knows; a rootless container has but 65536. */
function highestUser(): number {
  const ranges = readFileSync("/proc/self/uid_map", "latin1").trim().split("\n");
  const ends = ranges.map((range) => {
    const [first = 0, , length = 0] = range.trim().split(/\s+/).map(Number);
    return first + length - 1;
  });
  return Math.max(...ends);
}

/** What bubblewrap is told so that the job ends up with no capability. */
export function privilegeArguments(footing: Footing, canForbidMore: boolean): string[] {
  if (footing === "switch") {
    const toSwitch = ["CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP"];
    return ["--cap-drop", "ALL", ...toSwitch.flatMap((capability) => ["--cap-add", capability])];
  }
  return [
    ...["--unshare-user", "--uid", `${NOBODY}`, "--gid", `${NOBODY}`, "--cap-drop", "ALL"],
    ...(canForbidMore ? ["--disable-userns"] : []),
  ];
}

/** Who the job is inside. */
export function userInside(footing: Footing, user: JobUser | null): number {
  return footing === "switch" && user !== null ? user.uid : NOBODY;
}

/** What stands before the gate, inside: gives up the last of root's rights, for good. */
export function switchCommand(footing: Footing, user: JobUser | null): string[] {
  if (footing !== "switch" || user === null) return [];
  return [
    ...["/usr/bin/setpriv", "--reuid", `${user.uid}`, "--regid", `${user.gid}`, "--clear-groups"],
    ...["--bounding-set=-all", "--inh-caps=-all", "--ambient-caps=-all"],
  ];
}

const NOBODY = 65534;
