/** The properties of a type of event. */
interface TypeProperties<Id extends string = string> {
  /** True if the audit log keeps the event. */
  readonly isAudited: boolean;
  /** True if the event is announced to applications. */
  readonly goesOut: boolean;
  /** The ids that the event names besides its actor, its subject and its organisation. */
  readonly ids: readonly Id[];
  /** The id that applications hear as the subject. Undefined if it is the subject itself. */
  readonly announcedSubject?: Id;
  /**
   * True if strangers cause the event by naming an account. It is recorded with the same statements for
   * names that have an account and for those that have none.
   */
  readonly isUniform: boolean;
}

/** An event that applications hear of. */
function announced<const Id extends string = never>(...ids: readonly Id[]): TypeProperties<Id> {
  return { isAudited: true, goesOut: true, ids, isUniform: false };
}

/** An event that applications hear of, with one of its ids as the subject. */
function announcedFor<const Id extends string>(id: Id): TypeProperties<Id> {
  return { ...announced(id), announcedSubject: id };
}

/** An event that stays in the audit log. */
function internal<const Id extends string = never>(...ids: readonly Id[]): TypeProperties<Id> {
  return { isAudited: true, goesOut: false, ids, isUniform: false };
}

function uniform<Id extends string>(properties: TypeProperties<Id>): TypeProperties<Id> {
  return { ...properties, isUniform: true };
}

/** The types of events. They are the actions of the audit log and the types of announced events. */
export const EVENT_TYPES = {
  'account.registered': uniform(announced()),
  'account.verified': announced(),
  'account.updated': announced(),
  'account.password_changed': announced(),
  'account.email_changed': announced(),
  'account.phone_changed': announced(),
  'account.deactivated': announced(),
  'account.deleted': announced(),
  'account.restored': announced(),
  'account.erased': announced(),
  'account.disabled': announced(),
  'account.enabled': announced(),
  'account.imported': announced(),
  'account.exported': internal(),
  'account.viewed': internal(),
  'accounts.searched': internal(),

  'session.started': announcedFor('session'),
  'session.refreshed_reuse': announcedFor('session'),
  'session.ended': announcedFor('session'),

  'sign_in.succeeded': announced(),
  'sign_in.failed': uniform(internal()),
  'sign_in.challenged': uniform(internal()),
  'sign_in.locked': uniform(internal()),
  'sign_in.reported': announced(),

  'token.revoked': announcedFor('token'),

  'factor.added': announced('factor'),
  'factor.removed': announced('factor'),
  'factor.used': internal('factor'),

  'device.known': internal('device'),
  'device.remembered': internal('device'),
  'device.forgotten': internal('device'),

  'recovery.requested': uniform(internal()),
  'recovery.approved': internal(),
  'recovery.cancelled': internal(),
  'recovery.completed': announced(),

  'emergency.requested': internal(),
  'emergency.approved': internal(),
  'emergency.used': internal(),
  'emergency.ended': internal(),

  'connection.created': announced('connection'),
  'connection.updated': announced('connection'),
  'connection.removed': announced('connection'),
  'connection.linked': announced('connection'),
  'connection.unlinked': announced('connection'),

  'org.created': announced(),
  'org.updated': announced(),
  'org.deleted': announced(),
  'org.restored': announced(),
  'org.transferred': announced(),
  'policy.changed': announced(),

  'member.invited': announced('invitation'),
  'member.declined': announced('invitation'),
  'member.joined': announced(),
  'member.left': announced(),
  'member.removed': announced(),
  'member.role_changed': announced(),
  'invitation.withdrawn': announced('invitation'),
  'invitation.resent': internal('invitation'),

  'domain.added': announced('domain'),
  'domain.verified': announced('domain'),
  'domain.lost': announced('domain'),
  'domain.removed': announced('domain'),

  'role.created': announced('role'),
  'role.updated': announced('role'),
  'role.removed': announced('role'),
  'assignment.added': announced('role'),
  'assignment.removed': announced('role'),
  'resource.moved': announced('resource'),
  'resource.removed': announced('resource'),
  'resource_server.created': announced(),
  'resource_server.updated': announced(),
  'resource_server.removed': announced(),

  'service_account.created': announced(),
  'service_account.updated': announced(),
  'service_account.disabled': announced(),
  'service_account.enabled': announced(),
  'service_account.removed': announced(),
  'api_key.created': announced('key'),
  'api_key.updated': announced('key'),
  'api_key.removed': announced('key'),

  'client.created': announced(),
  'client.updated': announced(),
  'client.removed': announced(),
  'client.secret_added': internal('secret'),
  'client.secret_removed': internal('secret'),

  'webhook.created': announced('webhook'),
  'webhook.updated': announced('webhook'),
  'webhook.disabled': announced('webhook'),
  'webhook.enabled': announced('webhook'),
  'webhook.removed': announced('webhook'),
  'webhook.replayed': internal('webhook'),

  'wallet.entry': announced('entry'),
  'risk.decided': internal('decision'),
  'key.rotated': announced('key'),
  'audit.exported': internal(),
  'audit.dropped': internal(),
  'audit.sealed': { ...announced('seal'), isAudited: false },
} as const;

export type EventType = keyof typeof EVENT_TYPES;

type IdsOf<Type extends EventType> = (typeof EVENT_TYPES)[Type]['ids'][number];

/** Returns the properties of a type. Undefined for a type of another version of the platform. */
export function propertiesOf(type: string): TypeProperties | undefined {
  const types: Readonly<Record<string, TypeProperties>> = EVENT_TYPES;
  return Object.hasOwn(types, type) ? types[type] : undefined;
}

/** Someone or something that acts, or that something happens to. */
export interface Party {
  readonly kind: 'account' | 'organisation' | 'service' | 'client' | 'resource_server';
  readonly id: string;
}

/** The platform itself: the actor of jobs and of the start. */
export const PLATFORM: Party = { kind: 'service', id: 'patronus' };

export function accountParty(id: string): Party {
  return { kind: 'account', id };
}

export function clientParty(id: string): Party {
  return { kind: 'client', id };
}

/** The changed fields, each with its value before and after. */
export type Changes = Readonly<Record<string, readonly [before: unknown, after: unknown]>>;

/** The facts of an event that its room knows. The request adds its own: see `RequestFacts`. */
interface EventFacts {
  /** `success` by default. A failure is never announced. */
  readonly outcome?: 'success' | 'failure';
  /** By default the platform in jobs, and a stranger in requests. */
  readonly actor?: Party | undefined;
  readonly subject?: Party | undefined;
  /** The id of the organisation in which it happened. */
  readonly organisation?: string | undefined;
  /** Changed fields. They are encrypted for the subject. Secrets must not be among them. */
  readonly changes?: Changes | undefined;
  /** Further facts that are encrypted for the subject: reasons and methods. Never a secret or a name that was tried. */
  readonly details?: Readonly<Record<string, unknown>> | undefined;
  /** The decision of the guards that allowed it. */
  readonly decisionId?: string | undefined;
}

/** An event of one type, with the ids that the type demands. */
type EventOf<Type extends EventType> = EventFacts & { readonly type: Type } & ([
    IdsOf<Type>,
  ] extends [never]
    ? { readonly ids?: undefined }
    : { readonly ids: { readonly [Name in IdsOf<Type>]: string } });

/** An event as its room records it. */
export type PlatformEvent = { [Type in EventType]: EventOf<Type> }[EventType];

/** Returns the fields of a record that a change altered. */
export function changesBetween<Field extends string>(
  before: { readonly [Name in Field]?: unknown },
  after: { readonly [Name in Field]?: unknown },
  fields: readonly Field[],
): Changes | undefined {
  const changed = fields.filter(
    (field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]),
  );
  if (changed.length === 0) return undefined;
  return Object.fromEntries(
    changed.map((field) => [field, [before[field] ?? null, after[field] ?? null] as const]),
  );
}
