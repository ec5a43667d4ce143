using MMOrleans.Configuration.Keys;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Client.Tests.Commands;

public sealed class ConfigCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Starts() =>
        [
            .. Presets.All.Select(preset => $"--preset {preset.Name} --data-dir here"),
            .. MethodCatalogue
                .All.Where(method => method.IsOfTable1)
                .Select(method => $"--preset tiny --method {method.Name}"),
            "--imbalance step",
            "--imbalance none",
            "--method bbn --slots 1",
            "--method meta-weight-net",
        ];

    [Theory]
    [MemberData(nameof(Starts))]
    public async Task WhatInitWritesCheckTakes(string flags)
    {
        var written = await CommandRun.OfAsync($"config init run.yaml {flags}", folder: _folder.Path);
        Assert.True(written.ExitCode == 0, written.Error);

        var check = await CommandRun.OfAsync("config check run.yaml", folder: _folder.Path);

        Assert.True(check.ExitCode == 0, check.Error);
    }

    public void Dispose() => _folder.Dispose();
}
