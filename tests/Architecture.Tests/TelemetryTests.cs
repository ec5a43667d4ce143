using ArchUnitNET.Domain.Extensions;
using ArchUnitNET.Loader;

namespace MMOrleans.Architecture.Tests;

public class TelemetryTests
{
    [Fact]
    public void EveryInstrumentIsToldBySomebody()
    {
        var grains = new ArchLoader().LoadAssembly(typeof(Grains.GrainsHosting).Assembly).Build();
        var meter = grains.Classes.Single(c => c.FullName == "MMOrleans.Grains.Telemetry.TrainingMeter");
        var called = grains
            .Classes.SelectMany(c => c.Dependencies)
            .OfType<ArchUnitNET.Domain.Dependencies.MethodCallDependency>()
            .Where(call => call.Target.Equals(meter))
            .Select(call => NameOf(call.TargetMember.Name))
            .ToHashSet();

        var uncalled = meter
            .GetMethodMembers()
            .Where(method =>
                method.Visibility == ArchUnitNET.Domain.Visibility.Public && !method.IsStatic!.Value
            )
            .Select(method => NameOf(method.Name))
            .Where(name => !name.StartsWith('.') && name is not ("Dispose" or "Owns"))
            .Except(called);
        Assert.Empty(uncalled);

        static string NameOf(string member) => member.Split('(')[0];
    }
}
