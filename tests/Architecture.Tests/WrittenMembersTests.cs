using Mono.Cecil;
using Mono.Cecil.Cil;

namespace MMOrleans.Architecture.Tests;

/// <summary>
/// A member of a file's or a message's record that production code never sets says the same forever, and whoever reads it believes it.
/// </summary>
public sealed class WrittenMembersTests
{
    /// <summary>Members that nobody needs to set, and why.</summary>
    private static readonly Dictionary<string, string> Reasons = new()
    {
        ["ScheduleSpecification.Factors"] =
            "no key sets the drops of a schedule one by one; reference numbers do",
    };

    private static readonly ModuleDefinition[] Modules =
    [
        .. Sources
            .Production.Select(project =>
                project == "Client" ? "mm"
                : project == "Silo" ? "mm-silo"
                : $"MMOrleans.{project}"
            )
            .Select(name =>
                ModuleDefinition.ReadModule(Path.Combine(AppContext.BaseDirectory, $"{name}.dll"))
            ),
    ];

    [Fact]
    public void EveryMemberOfARecordThatIsKeptOrSentIsWrittenByProductionCode()
    {
        var called = Modules
            .SelectMany(module => module.GetTypes())
            .Where(type => !IsGenerated(type))
            .SelectMany(type => type.Methods.Where(method => method.HasBody))
            .SelectMany(method =>
                method
                    .Body.Instructions.Where(one =>
                        one.OpCode.Code is Code.Call or Code.Callvirt or Code.Newobj
                    )
                    .Select(one => (MethodReference)one.Operand)
                    .Where(target =>
                        IsWriting(method) || target.DeclaringType.FullName != method.DeclaringType.FullName
                    )
            )
            .Select(target => $"{target.DeclaringType.GetElementType().FullName}::{target.Name}")
            .Concat(NamedByKeys())
            .ToHashSet();
        var members = Records()
            .SelectMany(record =>
                record
                    .Properties.Where(property => property.SetMethod is { IsPublic: true })
                    // What a file calls itself: the record's default is the only value.
                    .Where(property => property.Name is not ("Schema" or "Version"))
                    .Select(property => (Record: record, Property: property))
            )
            .ToList();

        Assert.InRange(members.Count, 200, 2000);
        Assert.Equal(
            string.Join('\n', Reasons.Keys.Order()),
            string.Join(
                '\n',
                members
                    .Where(member =>
                        !called.Contains($"{member.Record.FullName}::{member.Property.SetMethod.Name}")
                        && !(
                            IsPositional(member.Record, member.Property)
                            && called.Contains($"{member.Record.FullName}::.ctor")
                        )
                    )
                    .Select(member => $"{member.Record.Name}.{member.Property.Name}")
                    .Order()
            )
        );
    }

    /// <summary>A key of the configuration writes the member that its expression names.</summary>
    private static IEnumerable<string> NamedByKeys() =>
        Modules
            .SelectMany(module => module.GetTypes())
            .Where(type => type.Namespace == "MMOrleans.Configuration.Keys")
            .SelectMany(type => type.Methods.Where(method => method.HasBody))
            .SelectMany(method => method.Body.Instructions)
            .Where(one => one.OpCode.Code == Code.Ldtoken && one.Operand is MethodReference)
            .Select(one => (MethodReference)one.Operand)
            .Where(getter => getter.Name.StartsWith("get_", StringComparison.Ordinal))
            .Select(getter => $"{getter.DeclaringType.FullName}::set_{getter.Name[4..]}");

    /// <summary>What files hold and what messages carry.</summary>
    private static IEnumerable<TypeDefinition> Records() =>
        Modules
            .Where(module => module.Assembly.Name.Name is "MMOrleans.Runs" or "MMOrleans.Grains.Interfaces")
            .SelectMany(module => module.GetTypes())
            .Where(type => type.IsPublic && type.Methods.Any(method => method.Name == "<Clone>$"));

    /// <summary>A record is made by others, by a static method of its own, and by a member that stands for several.</summary>
    private static bool IsWriting(MethodDefinition method) => method.IsStatic || method.IsSetter;

    private static bool IsPositional(TypeDefinition record, PropertyDefinition property) =>
        record.Methods.Any(method =>
            method.IsConstructor
            && method.Parameters.Any(p =>
                p.Name == property.Name && p.ParameterType.FullName == property.PropertyType.FullName
            )
        );

    /// <summary>Serializers set every member; that says nothing.</summary>
    private static bool IsGenerated(TypeDefinition type)
    {
        while (type.DeclaringType is not null)
            type = type.DeclaringType;
        return type.Namespace.StartsWith("OrleansCodeGen", StringComparison.Ordinal)
            || type.BaseType?.Name == "JsonSerializerContext";
    }
}
