import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { syscallFilter } from "./syscall-filter.ts";

const ALLOW = 0x7fff0000;
const KILL = 0x80000000;
const EPERM = 0x00050001;
const ENOSYS = 0x00050026;
const CLONE_NEWUSER = 0x10000000;

/** What the kernel would do with one call: an interpreter of the part of classic BPF that filters use. */
function verdict(program: Uint8Array, audit: number, number: number, firstArgument = 0): number {
  const code = new DataView(program.buffer);
  const data = new DataView(new ArrayBuffer(64)); // struct seccomp_data
  data.setUint32(0, number, true);
  data.setUint32(4, audit, true);
  data.setUint32(16, firstArgument, true);
  let accumulator = 0;
  for (let at = 0; at < program.length / 8; at += 1) {
    const operand = code.getUint32(at * 8 + 4, true);
    const jump = (holds: boolean) => code.getUint8(at * 8 + (holds ? 2 : 3));
    switch (code.getUint16(at * 8, true)) {
      case 0x20: // BPF_LD | BPF_W | BPF_ABS
        accumulator = data.getUint32(operand, true);
        break;
      case 0x15: // BPF_JMP | BPF_JEQ | BPF_K
        at += jump(accumulator === operand);
        break;
      case 0x35: // BPF_JMP | BPF_JGE | BPF_K
        at += jump(accumulator >= operand);
        break;
      case 0x45: // BPF_JMP | BPF_JSET | BPF_K
        at += jump((accumulator & operand) !== 0);
        break;
      case 0x06: // BPF_RET | BPF_K
        return operand;
      default:
        throw new Error(`no such instruction at ${at}`);
    }
  }
  throw new Error("the program ends without a verdict");
}

/** Numbers from the kernel's tables (asm/unistd_64.h, asm-generic/unistd.h). */
const MACHINES = [
  {
    name: "x64",
    audit: 0xc000003e,
    clone: 56,
    refused: {
      ptrace: 101,
      keyctl: 250,
      unshare: 272,
      setns: 308,
      bpf: 321,
      userfaultfd: 323,
      shmget: 29,
    },
    usual: {
      read: 0,
      write: 1,
      mmap: 9,
      execve: 59,
      fork: 57,
      vfork: 58,
      openat: 257,
      memfd_create: 319,
    },
  },
  {
    name: "arm64",
    audit: 0xc00000b7,
    clone: 220,
    refused: {
      ptrace: 117,
      keyctl: 219,
      unshare: 97,
      setns: 268,
      bpf: 280,
      userfaultfd: 282,
      shmget: 194,
    },
    usual: { read: 63, write: 64, mmap: 222, execve: 221, openat: 56, memfd_create: 279 },
  },
];

describe.each(MACHINES)("syscallFilter on $name", ({ name, audit, clone, refused, usual }) => {
  const program = syscallFilter(name) ?? new Uint8Array();
  const ask = (number: number, argument?: number) => verdict(program, audit, number, argument);

  it.each(Object.entries(refused))("refuses %s", (_, number) => expect(ask(number)).toBe(EPERM));
  it.each(Object.entries(usual))("lets %s through", (_, number) => expect(ask(number)).toBe(ALLOW));

  it("says that io_uring and clone3 do not exist, so that programs fall back", () => {
    for (const number of [425, 426, 427, 435]) expect(ask(number)).toBe(ENOSYS);
  });

  it("refuses to clone into a user namespace of its own, and no other clone", () => {
    fc.assert(
      fc.property(fc.nat(0xffffffff), (flags) => {
        const expected = (flags & CLONE_NEWUSER) === 0 ? ALLOW : EPERM;
        expect(ask(clone, flags)).toBe(expected);
      }),
    );
    expect(ask(clone, CLONE_NEWUSER | 0x11)).toBe(EPERM);
  });

  it("ends a program that calls by another processor's convention", () => {
    fc.assert(
      fc.property(fc.nat(0xffffffff), fc.nat(500), (other, number) => {
        fc.pre(other !== audit);
        expect(verdict(program, other, number)).toBe(KILL);
      }),
    );
  });

  it("comes to a verdict on every call", () => {
    fc.assert(
      fc.property(fc.nat(0xffffffff), fc.nat(0xffffffff), (number, argument) => {
        expect([ALLOW, EPERM, ENOSYS]).toContain(ask(number, argument));
      }),
    );
  });
});

describe("syscallFilter", () => {
  it("refuses the x32 convention, whose numbers it does not know", () => {
    expect(verdict(syscallFilter("x64") ?? new Uint8Array(), 0xc000003e, 0x40000000 + 101)).toBe(
      EPERM,
    );
  });

  it("has nothing for a processor it does not know", () => {
    expect(syscallFilter("riscv64")).toBeNull();
  });
});
