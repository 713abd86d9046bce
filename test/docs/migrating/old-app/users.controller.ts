import { Controller, Delete, Get, Param, ParseIntPipe, Req, UseGuards } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import { Roles, RolesGuard } from './roles.guard.js';
import { type User, UsersService } from './users.js';

@Controller('users')
@UseGuards(AuthGuard('jwt'), RolesGuard)
export class UsersController {
  constructor(private readonly users: UsersService) {}

  @Get('me')
  me(@Req() { user }: { user: User }) {
    return user.toDto();
  }

  @Get()
  @Roles('admin', 'editor')
  async list() {
    return (await this.users.findAll()).map((user) => user.toDto());
  }

  @Delete(':id')
  @Roles('admin')
  remove(@Param('id', ParseIntPipe) id: number) {
    return this.users.remove(id);
  }
}
