/**
 * A seccomp program (classic BPF, seccomp(2)) for bubblewrap's --seccomp: forbids the system calls that
 * need no privilege, that no job needs, and that either reach far into the kernel (nested user
 * namespaces, bpf, io_uring, keyrings, userfaultfd, perf), into another process (ptrace), or hold memory
 * that no process' resident set shows (System V shared memory). Null on a processor it has no numbers for.
 */
export function syscallFilter(architecture: string): Uint8Array | null {
  const machine = MACHINES[architecture];
  if (machine === undefined) return null;
  const program: Instruction[] = [
    load(ARCHITECTURE_OFFSET),
    skipIfEqual(machine.audit, 1),
    give(KILL),
    load(NUMBER_OFFSET),
  ];
  // The x32 calling convention has numbers of its own for the same calls.
  if (machine.x32) program.push(skipUnlessAtLeast(0x4000_0000, 1), give(refuse(EPERM)));
  for (const number of machine.refused)
    program.push(skipUnlessEqual(number, 1), give(refuse(EPERM)));
  // Programs take ENOSYS for an older kernel and fall back: clone3 to clone, whose flags can be read.
  for (const number of ABSENT) program.push(skipUnlessEqual(number, 1), give(refuse(ENOSYS)));
  program.push(
    skipUnlessEqual(machine.clone, 3),
    load(FIRST_ARGUMENT_OFFSET),
    skipUnlessAnySet(CLONE_NEWUSER, 1),
    give(refuse(EPERM)),
    give(ALLOW),
  );
  return encode(program);
}

interface Machine {
  /** AUDIT_ARCH_* of linux/audit.h. */
  readonly audit: number;
  readonly x32: boolean;
  readonly clone: number;
  readonly refused: readonly number[];
}

const MACHINES: Readonly<Record<string, Machine | undefined>> = {
  x64: {
    audit: 0xc000_003e,
    x32: true,
    clone: 56,
    // shmget ptrace add_key request_key keyctl unshare perf_event_open setns process_vm_readv
    // process_vm_writev bpf userfaultfd
    refused: [29, 101, 248, 249, 250, 272, 298, 308, 310, 311, 321, 323],
  },
  arm64: {
    audit: 0xc000_00b7,
    x32: false,
    clone: 220,
    refused: [194, 117, 217, 218, 219, 97, 241, 268, 270, 271, 280, 282],
  },
};

/** io_uring_setup, io_uring_enter, io_uring_register, clone3: the same numbers everywhere. */
const ABSENT = [425, 426, 427, 435];

const NUMBER_OFFSET = 0;
const ARCHITECTURE_OFFSET = 4;
const FIRST_ARGUMENT_OFFSET = 16; // its low half: both machines are little-endian
const CLONE_NEWUSER = 0x1000_0000;
const EPERM = 1;
const ENOSYS = 38;
const ALLOW = 0x7fff_0000;
const KILL = 0x8000_0000;
const refuse = (errno: number) => 0x0005_0000 | errno;

/** struct sock_filter of linux/filter.h: code, jump if true, jump if false, operand. */
type Instruction = readonly [code: number, ifTrue: number, ifFalse: number, operand: number];

const load = (offset: number): Instruction => [0x20, 0, 0, offset];
const give = (verdict: number): Instruction => [0x06, 0, 0, verdict];
const skipIfEqual = (value: number, count: number): Instruction => [0x15, count, 0, value];
const skipUnlessEqual = (value: number, count: number): Instruction => [0x15, 0, count, value];
const skipUnlessAtLeast = (value: number, count: number): Instruction => [0x35, 0, count, value];
const skipUnlessAnySet = (mask: number, count: number): Instruction => [0x45, 0, count, mask];

function encode(program: readonly Instruction[]): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(program.length * 8));
  program.forEach(([code, ifTrue, ifFalse, operand], index) => {
    bytes.setUint16(index * 8, code, true);
    bytes.setUint8(index * 8 + 2, ifTrue);
    bytes.setUint8(index * 8 + 3, ifFalse);
    bytes.setUint32(index * 8 + 4, operand >>> 0, true);
  });
  return new Uint8Array(bytes.buffer);
}
