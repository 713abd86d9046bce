import { Injectable, NotFoundException, type PipeTransform } from '@nestjs/common';

/** Answers 404 to malformed ids. PostgreSQL does not accept some texts, such as those with a NUL. */
@Injectable()
export class RecordIdPipe implements PipeTransform<string, string> {
  transform(id: string): string {
    if (/^[a-z0-9-]{1,64}$/.test(id)) return id;
    throw new NotFoundException('There is nothing with that id.');
  }
}
