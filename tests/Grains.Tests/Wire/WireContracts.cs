using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using MMOrleans.Grains.Interfaces.Wire;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Schedules;
using Orleans.Concurrency;
using Orleans.Serialization.Codecs;

namespace MMOrleans.Grains.Tests.Wire;

/// <summary>What travels between processes or is stored, as text: a changed contract is a changed line in review.</summary>
/// <remarks>
/// Orleans' own <c>OrleansContracts.txt</c> holds names and signatures of the calls; it says nothing of what is inside a message.
/// </remarks>
internal static class WireContracts
{
    private static readonly Assembly[] Assemblies =
    [
        typeof(Interfaces.Runs.IRunGrain).Assembly,
        typeof(GrainsHosting).Assembly,
    ];

    public static string Describe()
    {
        var text = new StringBuilder();
        var types = Assemblies.SelectMany(assembly => assembly.GetTypes()).ToList();
        Section(text, "message", types.Where(IsMessage), Message);
        Section(text, "enum", types.Where(IsOnTheWire).Append(typeof(Phase)), Values);
        Section(text, "codec", types.Where(HasCodec), _ => []);
        Section(text, "json", RunsTypes(), Json);
        Section(text, "interface", types.Where(type => type.IsInterface && Is<IAddressable>(type)), Calls);
        return text.ToString();
    }

    /// <summary>The types of the project <c>Runs</c> that some message, call or record of these has a member of.</summary>
    public static IReadOnlyList<Type> RunsTypes()
    {
        var types = Assemblies.SelectMany(assembly => assembly.GetTypes()).ToList();
        var found = new HashSet<Type>();
        foreach (
            var type in types
                .Where(IsMessage)
                .SelectMany(Members)
                .Select(member => member.Clr)
                .Concat(
                    types
                        .Where(type => type.IsInterface && Is<IAddressable>(type))
                        .SelectMany(type => type.GetMethods())
                        .SelectMany(call =>
                            call.GetParameters().Select(p => p.ParameterType).Append(call.ReturnType)
                        )
                )
        )
            Collect(type, found);
        return [.. found];
    }

    private static void Collect(Type type, HashSet<Type> found)
    {
        foreach (var part in type.IsArray ? [type.GetElementType()!] : type.GetGenericArguments())
            Collect(part, found);
        if (!RunsManifest.Types.Contains(type) || !found.Add(type) || type.IsEnum)
            return;
        foreach (var kind in type.GetCustomAttributes<JsonDerivedTypeAttribute>())
            Collect(kind.DerivedType, found);
        foreach (var property in RecordJson.Options.GetTypeInfo(type).Properties)
            Collect(property.PropertyType, found);
    }

    private static IEnumerable<string> Json(Type type) =>
        type.IsEnum ? Values(type)
        : RecordJson.Options.GetTypeInfo(type) is { Kind: not JsonTypeInfoKind.None } info
            ? info.Properties.Select(key => $"{key.Name}: {Name(key.PropertyType)}")
        // One that writes itself.
        : JsonSerializer
            .SerializeToElement(SomeRecord.Of(type), RecordJson.Options)
            .EnumerateObject()
            .Select(key => key.Name);

    /// <summary>Types that share an alias, and members that share an id: each would be read as the other.</summary>
    public static IEnumerable<string> Clashes()
    {
        var messages = Assemblies.SelectMany(assembly => assembly.GetTypes()).Where(IsMessage).ToList();
        return messages
            .GroupBy(Name)
            .Where(group => group.Count() > 1)
            .Select(group => $"{group.Key} is the name of {group.Count()} types")
            .Concat(
                messages.SelectMany(type =>
                    Members(type)
                        .GroupBy(member => member.Id)
                        .Where(group => group.Count() > 1)
                        .Select(group => $"{Name(type)} has {group.Count()} members with id {group.Key}")
                )
            );
    }

    private static void Section(
        StringBuilder text,
        string kind,
        IEnumerable<Type> types,
        Func<Type, IEnumerable<string>> lines
    )
    {
        foreach (var type in types.OrderBy(Name, StringComparer.Ordinal))
        {
            text.Append($"{kind} {Name(type)}{Traits(type)}\n");
            foreach (var line in lines(type))
                text.Append($"  {line}\n");
        }
    }

    private static bool IsMessage(Type type) =>
        type.GetCustomAttribute<GenerateSerializerAttribute>() is not null && !type.IsEnum;

    private static bool IsOnTheWire(Type type) =>
        type.IsEnum && type is { IsPublic: true, Namespace: { } space } && space.Contains("Interfaces");

    private static bool HasCodec(Type type) =>
        Assemblies
            .SelectMany(assembly => assembly.GetTypes())
            .Any(codec =>
                codec.GetCustomAttribute<RegisterSerializerAttribute>() is not null
                && Is<IFieldCodec>(codec)
                && codec
                    .GetInterfaces()
                    .Any(i =>
                        i.IsGenericType
                        && i.GetGenericTypeDefinition() == typeof(IFieldCodec<>)
                        && i.GetGenericArguments()[0] == type
                    )
                && codec.Namespace?.Contains("OrleansCodeGen", StringComparison.Ordinal) != true
            );

    private static bool Is<T>(Type type) => typeof(T).IsAssignableFrom(type);

    private static string Traits(Type type)
    {
        var traits = new List<string>();
        if (IsMessage(type))
            traits.Add(type.IsValueType ? "struct" : "class");
        if (type.GetCustomAttribute<ImmutableAttribute>() is not null)
            traits.Add("immutable");
        if (type.IsEnum)
            traits.Add(Name(Enum.GetUnderlyingType(type)));
        return traits.Count == 0 ? "" : $" ({string.Join(", ", traits)})";
    }

    private static IEnumerable<string> Message(Type type) =>
        Members(type).Select(member => $"{member.Id} {member.Name}: {member.Type}");

    private static IEnumerable<(uint Id, string Name, string Type, Type Clr)> Members(Type type)
    {
        var nullability = new NullabilityInfoContext();
        const BindingFlags Own =
            BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        var properties =
            from property in type.GetProperties(Own)
            where property.GetCustomAttribute<IdAttribute>() is not null
            select (
                property.GetCustomAttribute<IdAttribute>()!.Id,
                property.Name,
                Name(property.PropertyType) + Mark(nullability.Create(property), property.PropertyType),
                property.PropertyType
            );
        var fields =
            from field in type.GetFields(Own)
            where field.GetCustomAttribute<IdAttribute>() is not null
            select (
                field.GetCustomAttribute<IdAttribute>()!.Id,
                field.Name,
                Name(field.FieldType) + Mark(nullability.Create(field), field.FieldType),
                field.FieldType
            );
        return properties.Concat(fields).OrderBy(member => member.Id);
    }

    private static string Mark(NullabilityInfo info, Type type) =>
        !type.IsValueType && info.ReadState == NullabilityState.Nullable ? "?" : "";

    private static IEnumerable<string> Values(Type type) =>
        Enum.GetValuesAsUnderlyingType(type)
            .Cast<object>()
            .Select(value => $"{value} {Enum.GetName(type, value)}");

    private static IEnumerable<string> Calls(Type type) =>
        type.GetMethods().OrderBy(method => method.Name, StringComparer.Ordinal).Select(Call);

    private static string Call(MethodInfo method)
    {
        var traits = new List<string>();
        if (method.GetCustomAttribute<AlwaysInterleaveAttribute>() is not null)
            traits.Add("interleaves");
        if (method.GetCustomAttribute<ReadOnlyAttribute>() is not null)
            traits.Add("read only");
        if (method.GetCustomAttribute<OneWayAttribute>() is not null)
            traits.Add("one way");
        if (method.GetCustomAttribute<ResponseTimeoutAttribute>() is { Timeout: { } timeout })
            traits.Add($"{timeout.TotalSeconds:0} s");
        var alias = method.GetCustomAttribute<AliasAttribute>()?.Alias ?? method.Name;
        var parameters = string.Join(", ", method.GetParameters().Select(p => Name(p.ParameterType)));
        var suffix = traits.Count == 0 ? "" : $" ({string.Join(", ", traits)})";
        return $"{alias}({parameters}): {Name(method.ReturnType)}{suffix}";
    }

    /// <summary>The alias, which is what travels; the name in the program where there is none.</summary>
    private static string Name(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } value)
            return $"{Name(value)}?";
        if (type.IsArray)
            return $"{Name(type.GetElementType()!)}[]";
        if (type.GetCustomAttribute<AliasAttribute>() is { } alias)
            return alias.Alias;
        if (!type.IsGenericType)
            return type.Assembly == typeof(object).Assembly ? type.Name : type.FullName!;
        var arguments = string.Join(", ", type.GetGenericArguments().Select(Name));
        return $"{type.Name[..type.Name.IndexOf('`')]}<{arguments}>";
    }
}
