import { ResourceLoader } from './resource-loader.js';

/**
 * Subject that owns a resource. Add its issuer if an application trusts several, which may use the
 * same id.
 */
export type ResourceOwner = string | { readonly id: string; readonly issuer: string };

/**
 * Resource with an owner, for `@RequireOwner()`. A provider of the application; a singleton.
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
  /**
   * Returns the owner of the resource: an `Identity.id`. With null or undefined, the resource has
   * no owner.
   */
  abstract ownerOf(resource: Resource): ResourceOwner | null | undefined;
}
