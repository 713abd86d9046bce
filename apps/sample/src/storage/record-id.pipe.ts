import { Injectable, NotFoundException, type PipeTransform } from '@nestjs/common';

/** What is no id is the id of nothing: some texts, such as those with a NUL, are no text to PostgreSQL. */
@Injectable()
export class RecordIdPipe implements PipeTransform<string, string> {
  transform(id: string): string {
    if (/^[a-z0-9-]{1,64}$/.test(id)) return id;
    throw new NotFoundException('There is nothing with that id.');
  }
}
