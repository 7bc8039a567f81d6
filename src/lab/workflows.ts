import { randomUUID } from "node:crypto";
import { availableParallelism } from "node:os";
import { DBOS, type DLogger } from "@dbos-inc/dbos-sdk";
import type { Pool } from "pg";
import { Fault } from "../record/index.ts";
import {
  type Durable,
  executeLineage,
  type Instruments,
  type Lineage,
  replicationRound,
  researchCycle,
} from "../study/index.ts";
import { createSlots } from "./slots.ts";

/**
 * Durable workflows by DBOS: the cycle of a study is a workflow, each lineage of runs a workflow of
 * its own in the study's queue, each step a recorded step. What a workflow does is kept in the
 * ledger; the database only remembers how far it came, so that it is carried on by whoever is there.
 */
export interface WorkflowEngine {
  readonly executor: string;
  /** Carries a study through its cycle (or a further replication) and returns when it has ended. */
  run(study: string, task: Task): Promise<void>;
  /** Takes over what dead executors left of a study, or of all studies. */
  recover(isDead: (executor: string) => boolean, study?: string): Promise<number>;
  /** Workflows that wait or run. */
  pending(): Promise<number>;
  shutdown(): Promise<void>;
}

export type Task = "cycle" | `replication-${number}`;

/** One process runs one lab at a time: what the registered workflows work with. */
interface Session {
  readonly instruments: Instruments;
  readonly onStep: (study: string, step: string) => void;
}

interface FaultRecord {
  readonly place: string;
  readonly problem: string;
  readonly remedy: string;
}

const APPLICATION = "glasshouse";
/** Fixed, so that a newer version of the code carries on what an older one began. */
const APPLICATION_VERSION = "1";

/** How often the database is asked for work and for results; each look costs it some milliseconds. */
const POLLING_MS = 400;

/** How many runs this process makes side by side: one a core. */
const parallelRuns = Math.max(1, availableParallelism());
const slots = createSlots(parallelRuns);

let session: Session | null = null;

const taskWorkflow = DBOS.registerWorkflow(
  (study: string, task: Task, workflowId: string) =>
    catchFault(() => {
      const { instruments } = current();
      const durable = durableOf(study, workflowId);
      return task === "cycle"
        ? researchCycle(study, instruments, durable)
        : replicationRound(study, Number(task.slice("replication-".length)), instruments, durable);
    }),
  { name: "task" },
);

const lineageWorkflow = DBOS.registerWorkflow(
  (study: string, lineage: Lineage) =>
    catchFault(() =>
      executeLineage(study, lineage, current().instruments, {
        step: (name, work) => slots(() => durableStep(study)(name, work)),
      }),
    ),
  { name: "lineage" },
);

/**
 * Starts the workflows of a lab in this process. `queues` names the studies whose runs this process
 * makes; without it, it makes those of every study, as a worker does.
 */
export async function startWorkflows(options: {
  readonly pool: Pool;
  readonly instruments: Instruments;
  readonly onStep: (study: string, step: string) => void;
  readonly studies?: readonly string[];
}): Promise<WorkflowEngine> {
  if (session) throw new Error("a lab is open in this process already");
  session = { instruments: options.instruments, onStep: options.onStep };
  const executor = randomUUID();
  DBOS.setConfig({
    name: APPLICATION,
    applicationVersion: APPLICATION_VERSION,
    executorID: executor,
    systemDatabasePool: options.pool,
    useListenNotify: false,
    logger: silent,
    ...(options.studies ? { listenQueues: options.studies.map(queueOf) } : {}),
  });
  await DBOS.launch();
  for (const study of options.studies ?? []) await openQueue(study);
  return {
    executor,
    run: (study, task) => runTask(study, task),
    recover,
    pending: async () => (await unfinished()).length,
    shutdown: async () => {
      await DBOS.shutdown();
      session = null;
    },
  };
}

async function runTask(study: string, task: Task): Promise<void> {
  const id = await workflowFor(study, task);
  const handle = await DBOS.startWorkflow(taskWorkflow, { workflowID: id })(study, task, id);
  const fault = await handle.getResult();
  if (fault) throw new Fault(fault.place, fault.problem, fault.remedy);
}

/**
 * The workflow that carries on a task: the newest one, or a new one where that has failed. A new
 * workflow walks the same steps, and finds in the ledger what has been done.
 */
async function workflowFor(study: string, task: Task): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    const id = `${study}/${task}/${attempt}`;
    const status = await DBOS.getWorkflowStatus(id);
    if (!status) return id;
    if (["PENDING", "ENQUEUED", "DELAYED"].includes(status.status)) return id;
    if (status.status === "SUCCESS" && !status.output) return id;
  }
}

async function openQueue(study: string): Promise<void> {
  await DBOS.registerQueue(queueOf(study), {
    // More than are made at once, so that the next is at hand when one ends; polling can be slow then.
    workerConcurrency: 2 * parallelRuns,
    minPollingIntervalMs: POLLING_MS,
    onConflict: "always_update",
  });
}

function durableOf(study: string, workflowId: string): Durable {
  return {
    step: durableStep(study),
    lineages: async (_study, lineages) => {
      const handles = [];
      for (const lineage of lineages) {
        const first = lineage[0]!;
        const id = `${workflowId}/${first.role}/${first.condition}/${first.seed}`;
        handles.push(
          await DBOS.startWorkflow(lineageWorkflow, { workflowID: id, queueName: queueOf(study) })(
            study,
            lineage,
          ),
        );
      }
      const results = [];
      for (const handle of handles)
        results.push(await handle.getResult({ pollingIntervalMs: POLLING_MS }));
      const fault = results.find((result) => result !== null);
      if (fault) throw new Fault(fault.place, fault.problem, fault.remedy);
    },
  };
}

function durableStep(study: string): Durable["step"] {
  return async (name, work) => {
    const { instruments, onStep } = current();
    if (instruments.signal?.aborted) throw stopped(study);
    await DBOS.runStep(
      async () => {
        onStep(study, name);
        return catchFault(work);
      },
      { name },
    ).then((fault) => {
      if (fault) throw new Fault(fault.place, fault.problem, fault.remedy);
    });
  };
}

function stopped(study: string): Fault {
  return new Fault(`study ${study}`, "stopped on request", "Run the same command again to go on");
}

async function recover(isDead: (executor: string) => boolean, study?: string): Promise<number> {
  const left = (await unfinished(study)).filter(
    (workflow) => workflow.status === "PENDING" && isDead(workflow.executorId ?? ""),
  );
  for (const workflow of left) {
    await DBOS.resumeWorkflow(
      workflow.workflowID,
      workflow.queueName ? { queueName: workflow.queueName } : {},
    );
  }
  return left.length;
}

function unfinished(study?: string) {
  return DBOS.listWorkflows({
    status: ["PENDING", "ENQUEUED"],
    ...(study ? { workflow_id_prefix: `${study}/` } : {}),
    loadInput: false,
    loadOutput: false,
  });
}

/** Faults travel as results: the database keeps only the message of an error. */
async function catchFault(work: () => Promise<void>): Promise<FaultRecord | null> {
  try {
    await work();
    return null;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { place: error.place, problem: error.problem, remedy: error.remedy };
  }
}

function current(): Session {
  if (!session) throw new Error("no lab is open in this process");
  return session;
}

function queueOf(study: string): string {
  return `runs of ${study}`;
}

const silent: DLogger = {
  info: () => undefined,
  debug: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
