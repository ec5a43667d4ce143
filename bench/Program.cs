using MMOrleans.Bench;

return await BenchCommand.RunAsync(args, Console.Out);
