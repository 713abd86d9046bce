CREATE TABLE "sign_in_results" (
	"hash" text PRIMARY KEY NOT NULL,
	"interaction" text NOT NULL,
	"account_id" uuid NOT NULL,
	"security_version" integer NOT NULL,
	"methods" text[] NOT NULL,
	"authenticated_at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "accounts" ADD COLUMN "security_version" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "sign_in_results" ADD CONSTRAINT "sign_in_results_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "sign_in_results_account" ON "sign_in_results" USING btree ("account_id");--> statement-breakpoint
CREATE INDEX "sign_in_results_expires_at" ON "sign_in_results" USING btree ("expires_at");
