import 'reflect-metadata';
import type { Requirement } from './requirement.js';

/** Mark that one decorator sets on a route. */
export type RouteMark =
  { readonly kind: 'public' | 'optional-auth' | 'tenant-optional' | 'query-token' } | Requirement;

/** Decorator for a controller or for a handler. */
export type RouteDecorator = ClassDecorator & MethodDecorator;

/** Global symbol, so that marks made by a second copy of this package count too. */
const MARKS = Symbol.for('patronus:route-marks');

/**
 * Makes a decorator that adds `mark` to the existing marks of the target.
 *
 * A handler's mark is kept on the function and under the name of the method. A decorator above it
 * that replaces the function would otherwise silently remove the mark.
 */
export function routeMark(mark: RouteMark): RouteDecorator {
  return (target: object, property?: string | symbol, descriptor?: PropertyDescriptor): void => {
    if (property === undefined) {
      Reflect.defineMetadata(MARKS, [mark, ...ownMarks(target)], target);
      return;
    }
    Reflect.defineMetadata(MARKS, [mark, ...ownMarks(target, property)], target, property);
    const handler: unknown = descriptor?.value;
    if (typeof handler === 'function') {
      Reflect.defineMetadata(MARKS, [mark, ...ownMarks(handler)], handler);
    }
  };
}

/** Returns the marks of exactly this class, without those of the classes that it extends. */
export function marksOfClass(controller: object): readonly RouteMark[] {
  return ownMarks(controller);
}

/**
 * Returns the marks of a handler: those of the function itself, and those of the method names that
 * refer to it.
 */
export function marksOfHandler(controller: Function, handler: Function): readonly RouteMark[] {
  const marks = new Set(ownMarks(handler));
  for (const { owner, name } of placesOf(controller, handler)) {
    for (const mark of ownMarks(owner, name)) marks.add(mark);
  }
  return [...marks];
}

/** Finds the names of `handler` in the prototypes of `controller`. */
function placesOf(controller: Function, handler: Function): { owner: object; name: string }[] {
  const places: { owner: object; name: string }[] = [];
  let owner: unknown = controller.prototype;
  while (isObject(owner) && owner !== Object.prototype) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(owner))) {
      if (value === handler) places.push({ owner, name });
    }
    owner = Object.getPrototypeOf(owner);
  }
  return places;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function ownMarks(target: object, property?: string | symbol): readonly RouteMark[] {
  const marks: unknown =
    property === undefined
      ? Reflect.getOwnMetadata(MARKS, target)
      : Reflect.getOwnMetadata(MARKS, target, property);
  return isMarks(marks) ? marks : [];
}

/** Only {@link routeMark} writes under this symbol. */
function isMarks(value: unknown): value is readonly RouteMark[] {
  return Array.isArray(value);
}
