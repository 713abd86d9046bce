export interface StaffMember {
  readonly id: string;
  readonly name: string;
  readonly active: boolean;
}
