/** The page at `/`, a file in `public/`. */
export abstract class Page {
  abstract readonly file: string;
}
