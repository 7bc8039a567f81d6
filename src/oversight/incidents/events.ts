import { z } from "zod";
import { Fault, type Hash, type Json, type LedgerEvent } from "../../record/index.ts";
import { KINSHIPS, type Pause, type Traits } from "./kin.ts";

/** The kinds of event by which the ledger keeps incidents, with the schemas of their bodies. */
const hash = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .transform((text) => text as Hash);
const kinshipSchema = z.enum(KINSHIPS);
const traitsSchema = z.strictObject({
  session: z.string(),
  agent: z.string().optional(),
  models: z.array(z.string()),
  prompt: z.string().optional(),
  flow: z.string().optional(),
});
const openedSchema = z.strictObject({
  incident: z.string(),
  traits: traitsSchema,
  /** What was decided: block, stop, ask, replace. */
  outcome: z.string(),
  evidence: hash,
  pauses: z.array(
    z.strictObject({ incident: z.string(), kinship: kinshipSchema, value: z.string() }),
  ),
});
const closedSchema = z.strictObject({
  incident: z.string(),
  finding: z.enum(["confirmed", "dismissed"]),
  because: z.string(),
  by: z.string(),
  evidence: hash,
  /** Pauses that outlast it. */
  pauses: z.enum(["kept", "lifted"]),
});

export type IncidentOpened = z.infer<typeof openedSchema>;
export type IncidentClosed = z.infer<typeof closedSchema>;

export const OPENED = "incident.opened";
export const CLOSED = "incident.closed";

/** All events that `incidentsIn` looks at. */
export const INCIDENT_KINDS: readonly string[] = [OPENED, CLOSED];

/** One incident as the ledger has it. */
export interface Incident extends Omit<IncidentOpened, "traits" | "pauses"> {
  readonly traits: Traits;
  readonly pauses: readonly Pause[];
  readonly opened: { readonly time: string; readonly seq: number };
  readonly closed?: IncidentClosed & { readonly time: string; readonly seq: number };
}

/** All incidents in a ledger, in the order in which they were opened. */
export function incidentsIn(events: readonly LedgerEvent[]): readonly Incident[] {
  const found = new Map<string, Incident>();
  for (const event of events) {
    const { seq, time } = event;
    if (event.kind === OPENED) {
      const body = read(openedSchema, event);
      found.set(body.incident, { ...body, opened: { seq, time } });
    } else if (event.kind === CLOSED) {
      const body = read(closedSchema, event);
      const incident = found.get(body.incident);
      // The first word counts; a finding is not changed behind its signature.
      if (incident !== undefined && incident.closed === undefined) {
        found.set(body.incident, { ...incident, closed: { ...body, seq, time } });
      }
    }
  }
  return [...found.values()];
}

/** The pauses that hold now: of incidents that are open, or were closed with their pauses kept. */
export function pausesIn(incidents: readonly Incident[]): readonly Pause[] {
  return incidents.flatMap(({ pauses, closed }) =>
    closed === undefined || closed.pauses === "kept" ? pauses : [],
  );
}

/** An incident by its id or the beginning of one. Throws a Fault where there is none or several. */
export function findIncident(incidents: readonly Incident[], id: string): Incident {
  const exact = incidents.find(({ incident }) => incident === id);
  const alike = incidents.filter(({ incident }) => incident.startsWith(id));
  if (exact !== undefined) return exact;
  if (alike.length === 1 && id !== "") return alike[0]!;
  throw new Fault(
    `incident ${id}`,
    alike.length === 0 ? "there is none of this name" : `${alike.length} begin so`,
    "`glasshouse incidents` lists them",
  );
}

function read<Schema extends z.ZodType>(schema: Schema, event: LedgerEvent): z.output<Schema> {
  const parsed = schema.safeParse(event.body as Json);
  if (parsed.success) return parsed.data;
  throw new Fault(
    `ledger event ${event.seq} (${event.kind})`,
    "its body is not an incident's",
    "Run `glasshouse verify` to see what is wrong with the ledger",
  );
}
