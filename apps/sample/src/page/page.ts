/** Which page stands at `/`: a file of `public/`. */
export abstract class Page {
  abstract readonly file: string;
}
