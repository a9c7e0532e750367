@rem "npm start" says "exec", so that on Unix signals reach the broker instead of a shell around it.
@rem Windows has no such command, and finds this one, which just runs its arguments.
@%*
