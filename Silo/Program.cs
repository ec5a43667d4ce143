using System.Collections;
using MMOrleans.Silo;

return await SiloProcess.RunAsync(
    args,
    Environment
        .GetEnvironmentVariables()
        .Cast<DictionaryEntry>()
        .ToDictionary(entry => (string)entry.Key, entry => (string)(entry.Value ?? "")),
    Console.Out,
    Console.Error
);
