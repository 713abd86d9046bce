import { ResourceLoader } from './resource-loader.js';

/** A subject; with its issuer where an application trusts several, which may give one id twice. */
export type ResourceOwner = string | { readonly id: string; readonly issuer: string };

/**
 * A resource that belongs to somebody, for `@RequireOwner()`. A provider of the application; a
 * singleton.
 *
 * @example
 * @Injectable()
 * class OwnNote extends OwnedResource<Note> {
 *   constructor(private readonly notes: NotesRepository) { super(); }
 *   load({ params }: PolicyContext) { return this.notes.find(params.id); }
 *   tenantOf(note: Note) { return note.empresaId; }
 *   ownerOf(note: Note) { return note.authorId; }
 * }
 */
export abstract class OwnedResource<Resource = unknown> extends ResourceLoader<Resource> {
  /** Who owns the resource: an `Identity.id`. Nobody, where it says nothing. */
  abstract ownerOf(resource: Resource): ResourceOwner | null | undefined;
}
